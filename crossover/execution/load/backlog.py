"""A backlog: all tasks are submitted while the workers are stopped; then the workers begin."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Mapping, Sequence
from contextlib import suppress

import psutil

from crossover.contract.errors import BrokenError
from crossover.contract.system import Clock, getpid
from crossover.contract.transport import Transport
from crossover.execution.load.closed_loop import ClosedLoop
from crossover.execution.load.stopped_workers import stopped
from crossover.recording.history import History
from crossover.recording.recorder import record_receipts
from crossover.results.records import Backlog

FILL_WITHIN = 300.0  # seconds until all tasks must be accepted; shorter than the silence that counts as hung
STEP = 256  # messages to submit before receipts are read
WAIT = 0.02  # seconds to wait for the last receipts in one call
PAGE = 4_096  # bytes


class BacklogLoop(ClosedLoop):
    """Submits all tasks while the workers are stopped, lets them continue, and collects.

    Args:
        transport: already started.
        workload: makes the payloads and checks the values.
        history: the record to write; its clock starts when the workers continue.
        window: decides how many outcomes are collected in one call, as in the closed loop.
    """

    def _drive(self) -> None:
        """Submit all tasks, let the workers continue, and collect."""
        history, processes = self._history, self._transport.processes()
        with stopped(processes.get("workers", ()), FILL_WITHIN):
            self._fill(processes)
            history.began = history.ended = Clock.monotonic_ns()
        super()._drive()  # nothing is left to submit, so this only collects

    def _fill(self, processes: Mapping[str, Sequence[int]]) -> None:
        """Submit all tasks, and wait until they are accepted.

        Raises:
            BrokenError: not all of them were accepted in time.
        """
        history, step = self._history, STEP * self._history.batch
        role = _keeper_of_tasks(self._transport, processes)
        pids = [getpid()] if role == "producer" else processes.get(role, ())
        _touch(history)
        before = _resident(pids)
        began = Clock.monotonic()
        submit_up_to = self._submitter()
        while history.submitting and (history.attempted < history.tasks or history.pending):
            submit_up_to(min(history.attempted + step, history.tasks))
            if history.attempted == history.tasks:  # not earlier: Redis needs 0.1 s to report that there is nothing
                self._record(self._transport.collect(1, WAIT))
            record_receipts(history, self._transport.receipts())
            if Clock.monotonic() - began > FILL_WITHIN:
                accepted = f"{history.attempted - history.pending:,} of {history.tasks:,} tasks"
                raise BrokenError(f"with its workers stopped it accepted only {accepted} within {FILL_WITHIN:.0f} s")
        seconds = Clock.monotonic() - began
        grown = None if before is None else max(0, (_resident(pids) or 0) - before)
        self.backlog = Backlog(role=role, memory_bytes=grown, fill_seconds=seconds)


def _keeper_of_tasks(transport: Transport, processes: Mapping[str, Sequence[int]]) -> str:
    """Return the role whose memory holds the waiting tasks."""
    return "broker" if transport.traits.server or processes.get("broker") else "producer"


def _touch(history: History) -> None:
    """Write to every page of the record, so that its own memory is not counted as the backlog's."""
    for octets in (history.receipts, history.deliveries, history.marks):
        octets[::PAGE] = bytes(len(range(0, len(octets), PAGE)))


def _resident(pids: Sequence[int]) -> int | None:
    """Return the resident memory of processes in bytes; None where there are no processes to measure."""
    if not pids:
        return None
    if getpid() in pids:
        _return_free_memory()
    found = 0
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            found += psutil.Process(pid).memory_info().rss
    return found


def _return_free_memory() -> None:
    """Return freed memory to the system: otherwise the backlog would fill that, and the process would not grow."""
    gc.collect()
    with suppress(AttributeError):  # another C library than GNU's
        ctypes.CDLL(None).malloc_trim(0)
