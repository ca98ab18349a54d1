"""pool: `multiprocessing.Pool`."""

from __future__ import annotations

import queue
from collections.abc import Mapping, Sequence
from multiprocessing.pool import Pool
from typing import Any

from crossover.contract.tasks import Batch, Done, Outcomes, Submission
from crossover.workers.exit_words import how_it_ended
from crossover.workers.fleet import context_for, interrupts_held_back
from crossover.workers.lifetime import Readiness, end
from local_ipc.pickling import Message, unwrap_outcomes, wrap, wrap_task
from local_ipc.process_transport import Children, ProcessTransport, call, child_pids, initialise, local_traits
from workloads.base import Workload


class PoolTransport(ProcessTransport):
    """One `apply_async` per batch (a chunk, in the terms of `map`), results by callback.

    A pool replaces a worker that died without any notice: its task is lost, and `get` or `map` would wait for ever.
    Here the run's supervision watches the processes.

    Options: start (fork | spawn | forkserver; default: the platform's).
    """

    traits = local_traits("pool")

    _pool: Pool | None = None
    _started: frozenset[int] = frozenset()

    def start(self, workload: Workload, workers: int) -> None:
        """Start the pool."""
        context = context_for(self.options.start)
        self._done: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._readiness = Readiness(context)
        self._children = Children()
        with interrupts_held_back():
            self._pool = context.Pool(workers, initialise, (workload.reference, self._readiness.reports))
            self._started = self._children.look()
        self._readiness.wait(workers, lambda: not self._started <= child_pids())

    def submit(self, batch: Batch) -> Submission:
        """Submit a batch. Accepted: it is in this process's memory, and a thread of the pool will send it."""
        assert self._pool is not None
        messages, submission = wrap(batch)
        for message in messages:
            self._pool.apply_async(call, (message,), callback=self._done.put)
        return submission

    def submit_task(self, task: int, payload: Any) -> Submission:
        """Submit a task, as `submit` does."""
        assert self._pool is not None
        message, submission = wrap_task(task, payload)
        if message is not None:
            self._pool.apply_async(call, (message,), callback=self._done.put)
        return submission

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes | Done]:
        """Return the results that the pool's callbacks have put."""
        done = self._done
        try:
            found = [unwrap_outcomes(done.get(timeout=timeout))]
        except queue.Empty:
            return ()
        found.extend(unwrap_outcomes(done.get()) for _ in range(min(limit - 1, done.qsize())))
        return found

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the process ids of the workers that the pool started with."""
        return {"workers": self._readiness.pids if self._pool else []}

    def exits(self) -> Mapping[int, str]:
        """Return how processes have ended; those that the pool has started instead of others may be missing."""
        if self._pool is None:
            return {}
        self._children.look()
        return {pid: how_it_ended(code) for pid, code in self._children.exit_codes().items()}

    def stop(self) -> None:
        """Terminate the pool; kill the workers if that hangs, as it does when a worker died with the queue's lock."""
        if self._pool is not None:
            self._readiness.read_reports(0)  # the pool may have replaced workers that died
            end({*self._started, *self._readiness.pids}, self._end_pool)  # also those that are still starting
            self._readiness.close()
            self._pool = None
            del self._children  # each holds a pipe

    def _end_pool(self) -> None:
        assert self._pool is not None
        self._pool.terminate()
        self._pool.join()
