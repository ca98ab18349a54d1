"""The keys of a run in Redis, and the names of its workers."""

from __future__ import annotations

import platform
import re

from brokers.servers.warden.warden import start_ticks
from crossover.contract.system import getpid

NAME_OF_PROCESS = re.compile(r"-([0-9]{1,9})-([0-9]{1,18})\Z")  # id of the process, and when it started


class Keys:
    """The keys of a run.

    Attributes:
        prefix: of all of them.
        tasks: list or stream of tasks.
        outcomes: list of outcomes.
        workers: set of the names of workers that acknowledge.
        candidates: list of poison candidates, which dead workers had taken.
        attempts: hash that counts how often each candidate was started.
    """

    def __init__(self, run: str) -> None:
        self.prefix = f"crossover:{run}:"
        self.tasks = f"{self.prefix}tasks"
        self.outcomes = f"{self.prefix}outcomes"
        self.workers = f"{self.prefix}workers"
        self.candidates = f"{self.prefix}left"
        self.attempts = f"{self.prefix}begun"

    def taken(self, worker: str) -> str:
        """Return the list in which a worker keeps what it has taken and not yet done."""
        return f"{self.prefix}taken:{worker}"

    def new_worker(self) -> str:
        """Return a name for this process: that of the machine is in it, as containers may have the same process ids."""
        node = re.sub(r"[^A-Za-z0-9.]", "-", platform.node())
        return f"{self.prefix}worker-{node}-{getpid()}-{start_ticks(getpid()) or 0}"


def runs_here(worker: str) -> bool:
    """Return whether the process in the name of a worker runs on this machine."""
    name = NAME_OF_PROCESS.search(worker)  # others may have added names of their own
    return name is not None and start_ticks(int(name[1])) == int(name[2])
