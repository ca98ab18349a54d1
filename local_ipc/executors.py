"""executor: `concurrent.futures.ProcessPoolExecutor`."""

from __future__ import annotations

import queue
import signal
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event

from crossover.contract.errors import BrokenError
from crossover.contract.tasks import Done, Outcomes
from crossover.workers.fleet import context_for, interrupts_held_back
from crossover.workers.processes.exit_words import how_it_ended
from crossover.workers.processes.lifetime import Readiness, end
from crossover.workers.processes.start_timeout import start_timeout
from local_ipc.channels.pickling import Message, unwrap_outcomes
from local_ipc.process_transport import Children, ProcessTransport, call, initialise, local_traits
from local_ipc.submitting import PuttingTransport
from workloads.base import Workload

ALL_ENDED_WITHIN = 1.0  # seconds after the executor broke; it ends the other workers

_all_ready: Event | None = None  # set once in each worker process


class ExecutorTransport(PuttingTransport, ProcessTransport):
    """One future per batch, results by callback. When a worker dies, all outstanding futures fail with an error.

    Accepted: a task is in this process's memory, and a thread of the executor will send it.

    Options: start (fork | spawn | forkserver; default: the platform's).
    """

    traits = local_traits("executor")

    _executor: ProcessPoolExecutor | None = None
    _started: frozenset[int] = frozenset()
    _broken = False

    def start(self, workload: Workload, workers: int) -> None:
        """Start the executor. It starts a process only if none is idle, so each is kept busy until all have started."""
        context = context_for(self.options.start)
        self._done: queue.SimpleQueue[Future[Message]] = queue.SimpleQueue()
        self._readiness = Readiness(context)
        self._all_ready = all_ready = context.Event()
        self._executor = ProcessPoolExecutor(
            workers, context, _initialise, (workload.reference, self._readiness.reports, all_ready)
        )
        self._children = Children()
        with interrupts_held_back():
            holding = [self._executor.submit(_hold) for _ in range(workers)]
            self._started = self._children.look()
        self._readiness.wait(workers, lambda: any(held.done() for held in holding))
        all_ready.set()
        for held in holding:
            held.result(start_timeout())

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes | Done]:
        """Return the outcomes of finished futures."""
        done = self._done
        found: list[Outcomes | Done] = []
        try:
            found.append(unwrap_outcomes(done.get(timeout=timeout).result()))
            while len(found) < limit and done.qsize():
                found.append(unwrap_outcomes(done.get().result()))
        except queue.Empty:
            pass
        except BrokenProcessPool as error:
            self._broken = True
            if not found:  # what came before the failure counts; the next call raises
                raise BrokenError(str(error)) from error
        return found

    def _put(self, message: Message) -> None:
        assert self._executor is not None
        try:
            self._executor.submit(call, message).add_done_callback(self._done.put)
        except BrokenProcessPool as error:
            self._broken = True
            raise BrokenError(str(error)) from error

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the workers."""
        return {"workers": self._readiness.pids if self._executor else []}

    def exits(self) -> Mapping[int, str]:
        """Return how workers have ended; the executor itself ends the others when one has died."""
        codes = self._children.exit_codes(ALL_ENDED_WITHIN if self._broken else 0.0) if self._executor else {}
        ended_by_it = "was then ended by the executor" if set(codes.values()) - {-signal.SIGTERM} else ""
        return {
            pid: ended_by_it if ended_by_it and code == -signal.SIGTERM else how_it_ended(code)
            for pid, code in codes.items()
        }

    def stop(self) -> None:
        """Shut down the executor; kill the workers if a task does not end."""
        if self._executor is not None:
            self._all_ready.set()
            self._readiness.read_reports(0)
            end({*self._started, *self._readiness.pids}, self._end_executor)  # also those that are still starting
            self._readiness.close()
            self._executor = None
            del self._children  # each holds a pipe

    def _end_executor(self) -> None:
        assert self._executor is not None
        self._executor.shutdown(wait=True, cancel_futures=True)


def _initialise(reference: str, reports: Connection, all_ready: Event) -> None:
    global _all_ready  # noqa: PLW0603 - an initializer can only leave a global
    _all_ready = all_ready
    initialise(reference, reports)


def _hold() -> None:
    assert _all_ready is not None
    _all_ready.wait(start_timeout())
