"""pool: `multiprocessing.Pool`."""

from __future__ import annotations

import queue
from collections.abc import Mapping, Sequence
from multiprocessing import active_children
from multiprocessing.pool import Pool

from crossover.contract.tasks import Batch, Outcomes, Submission
from crossover.workers.fleet import context_for, interrupts_held_back
from crossover.workers.lifetime import Readiness, end
from local_ipc.pickles import Message, hand, take_outcomes
from local_ipc.process_transport import StartedTransport, local_traits
from local_ipc.worker_calls import call, initialise
from workloads.base import Workload


class PoolTransport(StartedTransport):
    """`apply_async` with a batch at a time (what `map` calls a chunk), results by callback.

    A pool replaces a worker that died and never says so: its task is gone, and `get` or `map` would wait for ever. Here
    the harness watches the processes itself.

    Options: start (fork | spawn | forkserver; default: the platform's).
    """

    traits = local_traits("pool")

    _pool: Pool | None = None

    def start(self, workload: Workload, workers: int) -> None:
        """Start the pool."""
        context = context_for(self.options.start)
        self._done: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._readiness = Readiness(context)
        with interrupts_held_back():
            self._pool = context.Pool(workers, initialise, (workload.reference, self._readiness.said))
        started = {child.pid for child in active_children()}
        self._readiness.wait(workers, lambda: not started <= {child.pid for child in active_children()})

    def submit(self, batch: Batch) -> Submission:
        """Hand a batch to the pool. Accepted: it is in this process's memory, and the pool's thread will write it."""
        assert self._pool is not None
        messages, receipt = hand(batch)
        for message in messages:
            self._pool.apply_async(call, (message,), callback=self._done.put)
        return receipt

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes]:
        """Return what the pool's callback thread has left."""
        done = self._done
        try:
            found = [take_outcomes(done.get(timeout=timeout))]
        except queue.Empty:
            return ()
        found.extend(take_outcomes(done.get()) for _ in range(min(limit - 1, done.qsize())))
        return found

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the workers that the pool started with."""
        return {"workers": self._readiness.pids if self._pool else []}

    def stop(self) -> None:
        """End the pool; by force where `terminate` hangs, as it does when a worker died with the queue's lock."""
        if self._pool is not None:
            self._readiness.hear(0)  # the pool may have replaced workers that died
            end(self._readiness.pids, self._end_pool)
            self._readiness.close()
            self._pool = None

    def _end_pool(self) -> None:
        assert self._pool is not None
        self._pool.terminate()
        self._pool.join()
