"""The keys of a run in Redis."""

from __future__ import annotations


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
