"""What an experiment is: a function that returns facts and the verdict that follows from them.

Nothing but the standard library is imported here, so that any Python can run the experiments.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from typing import Any, NamedTuple

from crossover.experiments.claim_code import code_of
from crossover.experiments.claims.servers.address import NoServerError
from crossover.results.claim_verdict import ClaimVerdict

THEMES = (
    "processes",
    "threads",
    "synchronisation",
    "semaphores",
    "queues",
    "pipes",
    "managers",
    "pools",
    "pool_speed",
    "middleware",
    "across_machines",
    "manners",
)
"""Modules of experiments, in the order in which they are shown."""


class Finding(NamedTuple):
    """What an experiment has found.

    Attributes:
        verdict: what follows from the facts.
        facts: name → figure, word, list of these, or label → figure; they can be written as JSON.
        reason: why it could not tell; empty if it could.
    """

    verdict: ClaimVerdict
    facts: Mapping[str, Any]
    reason: str = ""


class Claim(NamedTuple):
    """A claim and its experiment.

    Attributes:
        name: as on the command line.
        theme: the last part of its module's name.
        check: the experiment.
        servers: kinds of servers that it needs; `servers.address` says where each is.
        cores: that it needs.
        shows: what else belongs to the lesson, each as "module:name name".
    """

    name: str
    theme: str
    check: Callable[[], Finding]
    servers: tuple[str, ...] = ()
    cores: int = 1
    shows: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """The module that runs it alone."""
        return f"{__package__}.{self.theme}"

    @property
    def code(self) -> str:
        """The lines of the experiment, with all of its module that it uses, and what else belongs to the lesson."""
        return code_of(self.check, self.shows)


_claims: dict[str, Claim] = {}


def claim(
    name: str, *, servers: tuple[str, ...] = (), cores: int = 1, shows: tuple[str, ...] = ()
) -> Callable[[Callable[[], Finding]], Callable[[], Finding]]:
    """Return a decorator that makes a function the experiment of a claim.

    Args:
        name: of the claim, as on the command line.
        servers: kinds of servers that it needs: redis, memcached, rabbitmq.
        cores: that it needs; on a machine with fewer, the claim is skipped.
        shows: what else belongs to the lesson, each as "module:name name", the module below the claims.
    """

    def register(check: Callable[[], Finding]) -> Callable[[], Finding]:
        module = inspect.getmodule(check)
        theme = (module.__spec__.name if module and module.__spec__ else check.__module__).rpartition(".")[2]
        _claims[name] = Claim(name, theme, check, servers, cores, tuple(f"{__package__}.{one}" for one in shows))
        return check

    return register


def all_claims() -> dict[str, Claim]:
    """Return name → claim, of all themes in their order."""
    for theme in THEMES:
        importlib.import_module(f"{__package__}.{theme}")
    return {name: one for theme in THEMES for name, one in _claims.items() if one.theme == theme}


def joined(processes: Iterable[BaseProcess], within: float = 10.0) -> bool:
    """Wait for processes, kill those that are late, and return whether all did their work: exit code 0.

    Args:
        processes: that were started.
        within: seconds for all of them together.
    """
    processes = list(processes)
    deadline = time.monotonic() + within
    for process in processes:
        process.join(max(0.0, deadline - time.monotonic()))
    for process in processes:
        process.kill()  # one that has ended is left as it is
        process.join()
    return all(process.exitcode == 0 for process in processes)


def claims_and_themes() -> list[str]:
    """Return the names of all claims, and of the themes that have some."""
    known = all_claims()
    return [*known, *dict.fromkeys(one.theme for one in known.values())]


def find_claim(theme: str, name: str) -> Claim:
    """Return a claim; only the module of its theme is imported, so that no other can fail.

    Args:
        theme: of the claim.
        name: of the claim.
    """
    importlib.import_module(f"{__package__}.{theme}")
    return _claims[name]


@contextmanager
def running(*processes: BaseProcess) -> Iterator[None]:
    """Start processes; at the end of the with block those that still run are killed.

    Args:
        processes: not started yet.
    """
    for process in processes:
        process.start()
    try:
        yield
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.join()
            process.close()


def main(arguments: list[str]) -> int:
    """Run experiments of the theme that is the main module, and print what they find; return an exit status.

    Args:
        arguments: names of claims; none: all of the theme. With `--json` a line of JSON for each.
    """
    as_json = "--json" in arguments
    names = [word for word in arguments if word != "--json"] or list(_claims)
    if unknown := [name for name in names if name not in _claims]:
        sys.stderr.write(f"no claim is called {unknown[0]}; there are {', '.join(_claims)}\n")
        return 2
    status, allowed = 0, len(os.sched_getaffinity(0))
    for name in names:
        if allowed < _claims[name].cores:
            sys.stderr.write(f"{name}: it needs {_claims[name].cores} cores, and there is {allowed}\n")
            status = 2
            continue
        try:
            found = _claims[name].check()
        except NoServerError as error:
            sys.stderr.write(f"{name}: {error}\n")
            return 2
        if as_json:
            sys.stdout.write(
                json.dumps({"verdict": found.verdict, "facts": found.facts, "reason": found.reason}) + "\n"
            )
        else:
            facts = "".join(f"\n  {fact}: {value}" for fact, value in found.facts.items())
            sys.stdout.write(f"{name}: {found.verdict}{found.reason and f' ({found.reason})'}{facts}\n")
        sys.stdout.flush()
    return status
