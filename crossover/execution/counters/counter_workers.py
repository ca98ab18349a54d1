"""The workers of a counter run: processes or threads, each at the other end of a pipe."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from crossover.contract.counters import UpdatePlan, UpdateReport
from crossover.contract.errors import StartError
from crossover.contract.shared_state import SharedState
from crossover.workers.counter_loop import serve
from crossover.workers.fleet import context_for, interrupts_held_back
from crossover.workers.processes.exit_words import how_it_ended
from crossover.workers.processes.lifetime import end
from crossover.workers.processes.start_timeout import not_within, start_timeout

EXITS_WITHIN = 1.0  # seconds for a worker that has reported


class CounterWorkers:
    """Workers that update one counter.

    Attributes:
        workers: how many.
        busy: connections of those that have not reported yet.
        dead: those that have ended without a report, and how: "worker 123 was ended by SIGKILL".

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
        self._connections: list[Connection] = []
        self._processes: list[BaseProcess] = []
        self._reports: dict[int, UpdateReport] = {}

    def start(self) -> None:
        """Start the state, then the workers; return when every worker is ready.

        Raises:
            StartError: a worker did not become ready.
        """
        self._state.start()
        for number in range(self.workers):
            with interrupts_held_back():
                self._start_worker(number)
        deadline = time.monotonic() + start_timeout()
        for connection in self._connections:
            try:
                if not connection.poll(max(0.0, deadline - time.monotonic())):
                    raise StartError(not_within("a worker was not ready"))
                problem = connection.recv()
            except (EOFError, ConnectionError) as error:
                raise StartError("a worker ended before it was ready") from error
            if problem is not None:
                raise StartError(f"a worker cannot start: {problem}")
        self.busy = list(self._connections)

    def _start_worker(self, number: int) -> None:
        ours, theirs = self._context.Pipe()
        self._connections.append(ours)
        arguments = (self._state.counter(), number, self._acknowledged, theirs, not self._state.traits.threads)
        if self._state.traits.threads:
            threading.Thread(target=serve, args=arguments, daemon=True).start()
            return
        process = self._context.Process(target=serve, args=arguments, daemon=True)  # type: ignore[attr-defined]  # typeshed: every concrete context has it
        process.start()
        self._processes.append(process)
        theirs.close()  # so that the pipe closes when the worker ends

    def send(self, number: int, plan: UpdatePlan) -> None:
        """Send a worker its plan; `receive` notices one that has died."""
        with suppress(ConnectionError):
            self._connections[number].send(plan)

    def receive(self, ready: Iterable[Any]) -> None:
        """Receive reports.

        Args:
            ready: connections that have data or are closed.
        """
        for connection in ready:
            number = self._connections.index(connection)
            try:
                self._reports[number] = connection.recv()
            except (EOFError, ConnectionError):
                self.dead.append(self._death_of(number))
            self.busy.remove(connection)

    def _death_of(self, number: int) -> str:
        """Return which worker has died, and how."""
        if not self._processes:
            return f"thread {number + 1}"
        process = self._processes[number]
        process.join(EXITS_WITHIN)  # its pipe closes a moment earlier
        how = "" if process.exitcode is None else f" {how_it_ended(process.exitcode)}"
        return f"worker {process.pid}{how}"

    @property
    def done(self) -> int:
        """How many updates have been made so far, of all workers together."""
        return sum(self._acknowledged)

    @property
    def broken(self) -> str:
        """Why a worker could not continue; empty where all could."""
        return next((report.broken for report in self._reports.values() if report.broken), "")

    def reports(self, began: int) -> list[UpdateReport]:
        """End the workers, and return a report of each; one that sent none has the updates acknowledged to it.

        Args:
            began: when they started, in nanoseconds.
        """
        for number in self._reports.keys() & range(len(self._processes)):
            self._processes[number].join(EXITS_WITHIN)
        self.stop()
        now = time.monotonic_ns()
        substitutes = (UpdateReport(began, now, updates, None) for updates in self._acknowledged)
        return [self._reports.get(number, substitute) for number, substitute in enumerate(substitutes)]

    def stop(self) -> None:
        """End every worker; a thread that is still busy ends when it finds its pipe closed."""
        processes, self._processes = self._processes, []
        if processes:
            end([process.pid for process in processes if process.pid is not None], lambda: _terminate(processes))
        for process in processes:
            process.join(EXITS_WITHIN)
        while self._connections:
            self._connections.pop().close()


def _terminate(processes: Iterable[BaseProcess]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.join()
