"""The workers of a shared state: processes or threads, each at the other end of a pipe."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from crossover.contract.errors import StartError
from crossover.contract.shared_state import SharedState
from crossover.contract.updates import UpdatePlan, UpdateReport
from crossover.workers.counter_loop import serve
from crossover.workers.fleet import context_for, interrupts_held_back
from crossover.workers.lifetime import READY_WITHIN, end

GOODBYE_WITHIN = 1.0  # seconds for a worker that has said what it did


class CounterWorkers:
    """Workers that change one counter.

    Attributes:
        workers: how many.
        busy: pipes of those that have not yet said what they did.
        dead: who has ended without saying so, as "worker 123".

    Args:
        state: not yet started.
        workers: how many.
    """

    def __init__(self, state: SharedState, workers: int) -> None:
        self.workers = workers
        self.busy: list[Connection] = []
        self.dead: list[str] = []
        self._state = state
        self._context = context_for(None)
        self._acknowledged: Any = self._context.RawArray("q", workers)
        self._lines: list[Connection] = []
        self._processes: list[BaseProcess] = []
        self._works: dict[int, UpdateReport] = {}

    def start(self) -> None:
        """Start the state, then the workers; return when each has said that it is ready.

        Raises:
            StartError: one is not.
        """
        self._state.start()
        for number in range(self.workers):
            with interrupts_held_back():
                self._begin(number)
        deadline = time.monotonic() + READY_WITHIN
        for line in self._lines:
            try:
                if not line.poll(max(0.0, deadline - time.monotonic())):
                    raise StartError(f"a worker was not ready within {READY_WITHIN:.0f} s")
                problem = line.recv()
            except (EOFError, ConnectionError) as error:
                raise StartError("a worker ended before it was ready") from error
            if problem is not None:
                raise StartError(f"a worker cannot start: {problem}")
        self.busy = list(self._lines)

    def _begin(self, number: int) -> None:
        ours, theirs = self._context.Pipe()
        self._lines.append(ours)
        given = (self._state.counter(), number, self._acknowledged, theirs, not self._state.threads)
        if self._state.threads:
            threading.Thread(target=serve, args=given, daemon=True).start()
            return
        process = self._context.Process(target=serve, args=given, daemon=True)  # type: ignore[attr-defined]  # typeshed: every concrete context has it
        process.start()
        self._processes.append(process)
        theirs.close()  # so that the pipe ends with the worker

    def tell(self, number: int, burst: UpdatePlan) -> None:
        """Tell a worker when to begin and how much to do; one that has died is noticed by listening."""
        with suppress(ConnectionError):
            self._lines[number].send(burst)

    def listen(self, ready: Iterable[Any]) -> None:
        """Take what workers have said.

        Args:
            ready: pipes with something in them, or at their end.
        """
        for line in ready:
            number = self._lines.index(line)
            try:
                self._works[number] = line.recv()
            except (EOFError, ConnectionError):
                self.dead.append(f"worker {self._processes[number].pid}" if self._processes else f"thread {number + 1}")
            self.busy.remove(line)

    @property
    def broken(self) -> str:
        """Why a worker could not go on, where one could not."""
        return next((work.broken for work in self._works.values() if work.broken), "")

    def works(self, began: int) -> list[UpdateReport]:
        """End the workers, and return what each did; of one that never said so, what was acknowledged to it.

        Args:
            began: when they did, in nanoseconds.
        """
        for number in self._works.keys() & range(len(self._processes)):
            self._processes[number].join(GOODBYE_WITHIN)
        self.stop()
        now = time.monotonic_ns()
        unheard = (UpdateReport(began, now, updates, None) for updates in self._acknowledged)
        return [self._works.get(number, work) for number, work in enumerate(unheard)]

    def stop(self) -> None:
        """End every worker; a thread that has not yet said what it did ends when it finds nobody to tell."""
        processes, self._processes = self._processes, []
        if processes:
            end([process.pid for process in processes if process.pid is not None], lambda: _terminate(processes))
        for process in processes:
            process.join(GOODBYE_WITHIN)
        while self._lines:
            self._lines.pop().close()


def _terminate(processes: Iterable[BaseProcess]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()
