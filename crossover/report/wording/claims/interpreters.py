"""Which interpreter checked which claim, by a name that tells interpreters apart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from crossover.results.claims import ClaimRun

COMMANDS_OWN = "this Python"


def by_interpreter(runs: Sequence[ClaimRun]) -> dict[str, list[ClaimRun]]:
    """Return name of an interpreter → the runs that it made, in the order of the plan.

    The name is its version; where several have the same version, as much of its path as tells them apart, too.
    """
    versions: dict[str, str] = {}
    for run in runs:
        versions[run.python] = versions.get(run.python) or run.version
    names = {python: _name(python, versions) for python in versions}
    found: dict[str, list[ClaimRun]] = {}
    for run in runs:
        found.setdefault(names[run.python], []).append(run)
    return found


def same(runs: Sequence[ClaimRun]) -> bool:
    """Return whether all these runs have the same verdict."""
    return len({run.verdict for run in runs}) <= 1


def _name(python: str, versions: dict[str, str]) -> str:
    version = versions[python]
    alike = [path for path, one in versions.items() if one == version]
    if version and len(alike) == 1:
        return version
    path = _end(python, [one for one in alike if one and one != python]) if python else COMMANDS_OWN
    return f"{version} ({path})" if version else path


def _end(path: str, others: Sequence[str]) -> str:
    """Return the end of a path, as many of its parts as no other path ends with."""
    parts = PurePath(path).parts
    for count in range(1, len(parts) + 1):
        if all(PurePath(one).parts[-count:] != parts[-count:] for one in others):
            return str(PurePath(*parts[-count:]))
    return path
