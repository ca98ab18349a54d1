"""What our own bookkeeping costs per task: the loops of producer and worker, with a transport that does nothing."""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

from crossover.contract.options import Options
from crossover.contract.safety import Safety
from crossover.contract.tasks import ALL_ACCEPTED, NO_ERRORS, Batch, Done, Outcomes, Submission, Task
from crossover.contract.traits import WorkerKind
from crossover.contract.transport import Transport
from crossover.execution.load.closed_loop import REFILL, ClosedLoop
from crossover.execution.template.forked_call import call
from crossover.recording.sample import CHOSEN, PERIOD
from crossover.recording.shared_history import SharedHistory
from crossover.results.comparison import Bookkeeping
from crossover.workers import interruption, loop
from local_ipc.process_transport import local_traits
from workloads.base import Workload
from workloads.noop import Noop

ROUNDS = 5
SECONDS = 0.01  # of one round of the producer, at most; a worker's has as many tasks, and takes less
MOST_TASKS, MOST_MESSAGES = 100_000, 5_000  # of one round
WITHIN = 5.0  # seconds on a machine that is busy; on an idle one it takes a tenth of a second

BEFORE = 1  # a time stamp: to take one is the worker's
NOTHING = "nothing"  # no name of a transport that a user can type


class NothingTransport(Transport):
    """Gives back the outcomes of tasks that do nothing, and does nothing else. Each outcome has time stamps."""

    traits = local_traits(NOTHING, WorkerKind.THREAD, Options)

    def start(self, workload: Workload, workers: int) -> None:
        """Begin with nothing."""
        self._done: deque[Outcomes | Done] = deque()

    def submit(self, batch: Batch) -> Submission:
        """Have it done."""
        self._done.append(Outcomes(batch.first, batch.size, [None] * batch.size, NO_ERRORS, 0, BEFORE, BEFORE))
        return ALL_ACCEPTED

    def submit_task(self, task: int, payload: Any) -> Submission:
        """Have it done."""
        self._done.append(Outcomes(task, 1, [None], NO_ERRORS, 0, BEFORE, BEFORE))
        return ALL_ACCEPTED

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes | Done]:
        """Give back what is done."""
        done = self._done
        return [done.popleft() for _ in range(min(limit, len(done)))]

    def stop(self) -> None:
        """Leave nothing."""


class SampledNothing(NothingTransport):
    """The same, with tasks that travel alone: a sample of their outcomes has time stamps."""

    def submit_task(self, task: int, payload: Any) -> Submission:
        """Have it done."""
        if CHOSEN[task % PERIOD]:
            return super().submit_task(task, payload)
        self._done.append((task, None))
        return ALL_ACCEPTED


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
    if (batch, window) in _found:
        return _found[batch, window]
    function = f"{measure_bookkeeping.__module__}:{measure_bookkeeping.__name__}"
    try:
        found: Bookkeeping = call(
            function, batch, window, within=min(within, WITHIN), modules=(measure_bookkeeping.__module__,)
        )
    except Exception:  # no process can be started, or this one takes too long: the runs show it
        return None
    _found[batch, window] = found
    return found


_found: dict[tuple[int, int], Bookkeeping] = {}  # a command measures it once


def measure_bookkeeping(batch: int, window: int) -> Bookkeeping:
    """Measure it in this process: medians of several rounds, in CPU time, which other processes hardly change."""
    messages = max(1, min(MOST_MESSAGES, MOST_TASKS // batch))
    producer = _median(lambda: _of_producer(NothingTransport, batch, window, messages))
    worker = _median(lambda: _of_worker([Batch(0, batch, [None] * batch)] * messages, messages * batch))
    if batch > 1:
        return Bookkeeping(batch=batch, window=window, producer_us=producer, worker_us=worker)
    return Bookkeeping(
        batch=batch,
        window=window,
        producer_us=_median(lambda: _of_producer(SampledNothing, batch, window, messages)),
        worker_us=_median(lambda: _of_worker([(task, None) for task in range(messages)], messages)),
        stamped_producer_us=producer,
        stamped_worker_us=worker,
    )


def _median(measure: Callable[[], float]) -> float:
    """Return the median of several rounds, in µs per task; the first one is left out: memory is new there."""
    measure()
    return max(0.0, statistics.median(measure() for _ in range(ROUNDS)))


def _of_producer(kind: type[NothingTransport], batch: int, window: int, messages: int) -> float:
    """Return what the loop and the recorder take, in µs per task: without the calls of the transport."""
    history = SharedHistory(messages * batch, batch)
    transport = kind(None, Safety.DEFAULT)
    transport.start(Noop(), 1)
    try:
        with_loop = _cpu_seconds(ClosedLoop(transport, Noop(), history, window, SECONDS).run)
        tasks = history.settled
    finally:
        history.file.close()
    one, at_once = Batch(0, batch, [None] * batch), max(1, window // batch // REFILL)
    submit, submit_task, collect = transport.submit, transport.submit_task, transport.collect

    def only_calls() -> None:
        for begin in range(0, tasks, batch * at_once):
            for task in range(begin, min(tasks, begin + batch * at_once), batch):
                if batch == 1:
                    submit_task(task, None)
                else:
                    submit(one)
            collect(at_once, 0.0)

    return (with_loop - _cpu_seconds(only_calls)) / tasks * 1e6


def _of_worker(messages: Sequence[Batch | Task], tasks: int) -> float:
    """Return what the worker's loop takes beside the function, in µs per task."""
    run = Noop().run
    perform = loop.performer(run)

    def with_loop() -> None:
        for message in messages:
            perform(message)

    def only_function() -> None:
        for _ in repeat(None, tasks):
            run(None)

    return (_cpu_seconds(with_loop) - _cpu_seconds(only_function)) / tasks * 1e6


def _cpu_seconds(work: Callable[[], None]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began
