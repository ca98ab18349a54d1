"""threads: `concurrent.futures.ThreadPoolExecutor`."""

from __future__ import annotations

import queue
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier

from crossover.contract.options import Options
from crossover.contract.system import getpid
from crossover.contract.tasks import ALL_ACCEPTED, Batch, Outcomes, Submission
from crossover.contract.traits import WorkerKind
from crossover.contract.transport import Transport
from crossover.workers.loop import execute
from crossover.workers.processes.start_timeout import start_timeout
from local_ipc.process_transport import local_traits
from workloads.base import Workload
from workloads.user_modules import restore_variables


class ThreadsTransport(Transport):
    """Runs batches in threads of the producer: nothing is pickled, and the GIL is shared."""

    traits = local_traits("threads", WorkerKind.THREAD, Options)

    _pool: ThreadPoolExecutor | None = None

    def start(self, workload: Workload, workers: int) -> None:
        """Start the threads: they meet at a barrier, so all of them run."""
        restore_variables()  # the function runs in this process
        self._run = workload.run
        self._pid = getpid()
        self._done: queue.SimpleQueue[Future[Outcomes]] = queue.SimpleQueue()
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="worker")
        barrier = Barrier(workers)
        for met in [self._pool.submit(barrier.wait, start_timeout()) for _ in range(workers)]:
            met.result()

    def submit(self, batch: Batch) -> Submission:
        """Put the batch into the pool's queue. Accepted: it is in this process's memory."""
        assert self._pool is not None
        self._pool.submit(execute, batch, self._run, self._pid).add_done_callback(self._done.put)
        return ALL_ACCEPTED

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes]:
        """Return the outcomes of finished batches."""
        done = self._done
        try:
            found = [done.get(timeout=timeout).result()]
        except queue.Empty:
            return ()
        found.extend(done.get().result() for _ in range(min(limit - 1, done.qsize())))
        return found

    def stop(self) -> None:
        """Cancel what waits. A thread that runs a task ends after it: threads cannot be killed."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
