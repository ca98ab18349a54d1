"""A backlog: everything is submitted while the workers stand still, then they begin."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import psutil

from crossover.contract.errors import BrokenError
from crossover.contract.transport import Transport
from crossover.execution.load.closed_loop import ClosedLoop
from crossover.recording.history import History
from crossover.recording.recorder import received
from crossover.results.records import Backlog
from workloads.base import Workload

FILL_WITHIN = 300.0  # seconds until everything must be accepted; less than silence that counts as hung
STEP = 256  # messages after which receipts are looked at
WAIT = 0.02  # seconds for the last receipts, until it looks again
PAGE = 4_096  # bytes
GUARD = ("sh", "-c", 'cat; kill -CONT "$@" 2> /dev/null', "guard")
"""Waits for the end of its input. Who is held cannot end with its producer, unless the kernel ends it: those of a fork
server would be left, held for ever."""


class BacklogLoop(ClosedLoop):
    """Submits everything while the workers are held with SIGSTOP, then lets them go on, and collects.

    Attributes:
        seen: how the backlog lay in wait; known once the workers went on.

    Args:
        transport: a started one.
        workload: makes the payloads and checks the values.
        history: where everything is recorded; it begins when the workers go on.
        window: tasks that are collected together, as in the closed loop.
    """

    def __init__(self, transport: Transport, workload: Workload, history: History, window: int) -> None:
        super().__init__(transport, workload, history, window)
        self.seen: Backlog | None = None

    def _drive(self) -> None:
        """Fill, let the workers go on, and collect."""
        history, processes = self._history, self._transport.processes()
        with held(processes.get("workers", ())):
            self._fill(processes)
            history.began = history.ended = time.monotonic_ns()
        super()._drive()  # nothing is left to be submitted: it collects

    def _fill(self, processes: Mapping[str, Sequence[int]]) -> None:
        """Submit everything, and wait until it has been accepted.

        Raises:
            BrokenError: it was not accepted in time.
        """
        history, step = self._history, STEP * self._history.batch
        role = _holder(self._transport, processes)
        pids = [os.getpid()] if role == "producer" else processes.get(role, ())
        _touch(history)
        before = _resident(pids)
        began = time.monotonic()
        submit_up_to = self._submitter()
        while self.submitting and (history.attempted < history.tasks or history.pending):
            submit_up_to(min(history.attempted + step, history.tasks))
            if history.attempted == history.tasks:  # not before: it takes Redis 0.1 s to find that there is nothing
                self._record(self._transport.collect(1, WAIT))
            received(history, self._transport.receipts())
            if time.monotonic() - began > FILL_WITHIN:
                taken = f"{history.attempted - history.pending:,} of {history.tasks:,} tasks"
                raise BrokenError(f"while its workers stood still it took only {taken} within {FILL_WITHIN:.0f} s")
        seconds = time.monotonic() - began
        grown = None if before is None else max(0, (_resident(pids) or 0) - before)
        self.seen = Backlog(role=role, memory_bytes=grown, fill_seconds=seconds)


@contextmanager
def held(pids: Sequence[int]) -> Iterator[None]:
    """Hold processes with SIGSTOP; they go on afterwards, after some time in any case, and when this process dies."""
    alarm = threading.Timer(FILL_WITHIN, wake, (pids,))  # a submission that waits for them would never end
    alarm.daemon = True
    alarm.start()
    guard = subprocess.Popen([*GUARD, *map(str, pids)], stdin=subprocess.PIPE, start_new_session=True)
    try:
        _signal(pids, signal.SIGSTOP)
        yield
    finally:
        alarm.cancel()
        wake(pids)
        guard.communicate()


def wake(pids: Iterable[int]) -> None:
    """Let processes go on; those that are not held do not notice."""
    _signal(pids, signal.SIGCONT)


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):  # it has ended, be its number somebody else's by now
            os.kill(pid, number)


def _holder(transport: Transport, processes: Mapping[str, Sequence[int]]) -> str:
    """Return which role has in its memory what waits."""
    return "broker" if transport.server or processes.get("broker") else "producer"


def _touch(history: History) -> None:
    """Write to every page of the record, so that it does not grow while something else is measured."""
    for octets in (history.receipts, history.deliveries, history.marks):
        octets[::PAGE] = bytes(len(range(0, len(octets), PAGE)))


def _resident(pids: Sequence[int]) -> int | None:
    """Return the resident memory of processes in bytes; None where there are none of ours."""
    if not pids:
        return None
    if os.getpid() in pids:
        _give_back()
    found = 0
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            found += psutil.Process(pid).memory_info().rss
    return found


def _give_back() -> None:
    """Give back what earlier runs have freed: else the backlog would lie in it, and nothing would grow."""
    gc.collect()
    with suppress(AttributeError):  # another C library than GNU's
        ctypes.CDLL(None).malloc_trim(0)
