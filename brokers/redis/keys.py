"""What a run is called in Redis."""

from __future__ import annotations


class Keys:
    """The keys of a run.

    Attributes:
        tasks, outcomes: the two ways.
        workers: the names of those that take with an acknowledgement.
        left: what the dead among them had taken.
        begun: how often each of that has been begun again.
    """

    def __init__(self, run: str) -> None:
        self.prefix = f"crossover:{run}:"
        self.tasks = f"{self.prefix}tasks"
        self.outcomes = f"{self.prefix}outcomes"
        self.workers = f"{self.prefix}workers"
        self.left = f"{self.prefix}left"
        self.begun = f"{self.prefix}begun"

    def taken(self, worker: str) -> str:
        """Return where a worker keeps what it has taken and not yet done."""
        return f"{self.prefix}taken:{worker}"
