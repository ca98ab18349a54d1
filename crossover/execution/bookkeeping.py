"""What our own bookkeeping costs per task: the loops of producer and worker, with a transport that does nothing."""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import repeat

from crossover.contract.options import Options
from crossover.contract.safety import Safety
from crossover.contract.system import Clock, getpid
from crossover.contract.tasks import ALL_ACCEPTED, NO_ERRORS, Batch, Outcomes, Submission
from crossover.contract.traits import WorkerKind
from crossover.contract.transport import Transport
from crossover.execution.load.closed_loop import ClosedLoop
from crossover.execution.template.forked_call import call
from crossover.recording.shared_history import SharedHistory
from crossover.results.records import Bookkeeping
from crossover.workers import interruption, loop
from local_ipc.process_transport import local_traits
from workloads.base import Workload
from workloads.noop import Noop

ROUNDS = 5
SECONDS = 0.01  # of one round of the producer, at most; a worker's has as many tasks, and takes less
MOST_TASKS, MOST_MESSAGES = 100_000, 5_000  # of one round
WITHIN = 5.0  # seconds on a machine that is busy; on an idle one it takes a tenth of a second

NOTHING = "nothing"  # no name of a transport that a user can type


class NothingTransport(Transport):
    """Gives back the outcomes of tasks that do nothing, and does nothing else."""

    traits = local_traits(NOTHING, WorkerKind.THREAD, Options)

    def start(self, workload: Workload, workers: int) -> None:
        """Begin with nothing."""
        self._done: deque[Outcomes] = deque()

    def submit(self, batch: Batch) -> Submission:
        """Have it done."""
        now = Clock.monotonic_ns()
        self._done.append(Outcomes(batch.first, batch.size, [None] * batch.size, NO_ERRORS, 0, now, now))
        return ALL_ACCEPTED

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes]:
        """Give back what is done."""
        done = self._done
        return [done.popleft() for _ in range(min(limit, len(done)))]

    def stop(self) -> None:
        """Leave nothing."""


def bookkeeping(batch: int, window: int, within: float) -> Bookkeeping | None:
    """Measure in a new process what we do for each task besides carrying and running it; None if it cannot be told.

    Args:
        batch: tasks per message.
        window: tasks outstanding at most.
        within: seconds.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    interruption.raise_if_requested()
    if within <= 0:
        return None
    function = f"{measure_bookkeeping.__module__}:{measure_bookkeeping.__name__}"
    try:
        found: Bookkeeping = call(
            function, batch, window, within=min(within, WITHIN), modules=(measure_bookkeeping.__module__,)
        )
    except Exception:  # no process can be started, or this one takes too long: the runs show it
        return None
    return found


def measure_bookkeeping(batch: int, window: int) -> Bookkeeping:
    """Measure it in this process: medians of several rounds, in CPU time, which other processes hardly change."""
    messages = max(1, min(MOST_MESSAGES, MOST_TASKS // batch))
    producer = [_of_producer(batch, window, messages) for _ in range(ROUNDS + 1)]
    worker = [_of_worker(batch, messages) for _ in range(ROUNDS + 1)]
    return Bookkeeping(
        batch=batch,
        window=window,
        producer_us=max(0.0, statistics.median(producer[1:])),  # in the first one, memory is new
        worker_us=max(0.0, statistics.median(worker[1:])),
    )


def _of_producer(batch: int, window: int, messages: int) -> float:
    """Return what the loop and the recorder take, in µs per task: without the calls of the transport."""
    history = SharedHistory(messages * batch, batch)
    transport = NothingTransport(None, Safety.DEFAULT)
    transport.start(Noop(), 1)
    try:
        with_loop = _cpu_seconds(ClosedLoop(transport, Noop(), history, window, SECONDS).run)
        tasks = history.settled
    finally:
        history.file.close()
    one, count = Batch(0, batch, [None] * batch), tasks // batch

    def only_calls() -> None:
        for _ in repeat(None, count):
            transport.submit(one)
            transport.collect(1, 0.0)

    return (with_loop - _cpu_seconds(only_calls)) / tasks * 1e6


def _of_worker(batch: int, messages: int) -> float:
    """Return what the worker's loop takes beside the function, in µs per task."""
    payloads = [None] * batch
    one, run, worker = Batch(0, batch, payloads), Noop().run, getpid()

    def with_loop() -> None:
        for _ in repeat(None, messages):
            loop.execute(one, run, worker)

    def only_function() -> None:
        for _ in repeat(None, messages):
            [run(payload) for payload in payloads]

    return (_cpu_seconds(with_loop) - _cpu_seconds(only_function)) / (messages * batch) * 1e6


def _cpu_seconds(work: Callable[[], None]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
