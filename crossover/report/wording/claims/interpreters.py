"""Which interpreter checked which claim, by a name that tells interpreters apart."""

from __future__ import annotations

from collections.abc import Sequence

from crossover.results.claims import ClaimRun

COMMANDS_OWN = "this Python"


def by_interpreter(runs: Sequence[ClaimRun]) -> dict[str, list[ClaimRun]]:
    """Return name of an interpreter → the runs that it made, in the order of the plan.

    The name is its version; its path, too, where several have the same version.
    """
    versions: dict[str, str] = {}
    for run in runs:
        versions[run.python] = versions.get(run.python) or run.version
    found: dict[str, list[ClaimRun]] = {}
    for run in runs:
        version = versions[run.python]
        alone = version and list(versions.values()).count(version) == 1
        path = run.python or COMMANDS_OWN
        found.setdefault(version if alone else f"{version} ({path})" if version else path, []).append(run)
    return found


def same(runs: Sequence[ClaimRun]) -> bool:
    """Return whether all these runs have the same verdict."""
    return len({run.verdict for run in runs}) <= 1
