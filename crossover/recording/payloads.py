"""The payload of every task, without a list of all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from workloads.base import Workload
from workloads.custom.copies import changeable, collection_paused, copier


class Payloads:
    """The payloads of a workload, repeated for all tasks.

    A function may change its payload. A process changes its own copy of it, which came in a message. Where nothing else
    copies it, or where a message has the same payload twice, every task gets a copy from here; and so does every check.

    Attributes:
        different: the payloads before they repeat; nothing changes them.
        to_send: returns the payloads to send, as `of` does.
        one_to_send: returns the payload of one task to send.
        to_check: returns the payloads to check values against, as `of` does.

    Args:
        workload: makes them.
        tasks: how many tasks there are.
        batch: how many of them are in one message, at most.
        shared_memory: whether the function gets the very objects that are sent.
    """

    def __init__(self, workload: Workload, tasks: int, batch: int = 1, *, shared_memory: bool = False) -> None:
        different = self.different = workload.payloads(tasks)
        workload.expect(different[:tasks])
        self.to_send: Callable[[int, int], list[Any]] = self.of
        self.to_check: Callable[[int, int], list[Any]] = self.of
        repeat = len(different)
        self.one_to_send: Callable[[int], Any] = lambda task: different[task % repeat]
        send_copies = shared_memory or batch > len(different)
        if workload.keeps_payloads or not (send_copies or workload.checks) or not any(map(changeable, different)):
            return
        with collection_paused():
            self._copiers = [copier(payload) for payload in different[:tasks]]
        if send_copies:
            self.to_send = self._copies
            self.one_to_send = lambda task: self._copies(task, 1)[0]
        if workload.checks:
            self.to_check = self._copies

    def of(self, first: int, count: int) -> list[Any]:
        """Return the payloads of `count` tasks from `first` on."""
        different = self.different
        begin = first % len(different)
        if count == 1:
            return [different[begin]]
        if begin + count > len(different):
            different = different * ((begin + count) // len(different) + 1)
        return different[begin : begin + count]

    def _copies(self, first: int, count: int) -> list[Any]:
        """Return a new copy of each payload."""
        copiers = self._copiers
        return [copiers[task % len(copiers)]() for task in range(first, first + count)]
