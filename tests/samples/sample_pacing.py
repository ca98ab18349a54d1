"""Transports of known behaviour in real time, for the open loop."""

import time
from collections import deque

from crossover.contract.safety import Safety
from crossover.contract.tasks import ALL_ACCEPTED, NO_ERRORS, Outcomes
from crossover.contract.transport import Transport
from crossover.execution.load.open_loop import OpenLoop
from crossover.recording.history import History
from local_ipc.process_transport import local_traits
from workloads.noop import Noop

SECOND = 1_000_000_000  # nanoseconds


class Simulated(Transport):
    """One worker that needs `service` seconds for each message."""

    traits = local_traits("simulated")
    service = 0.0

    def __init__(self):
        super().__init__(None, Safety.DEFAULT)
        self.under_way = deque()
        self.free = 0

    def start(self, workload, workers):
        pass

    def submit(self, batch):
        started = max(self.free, time.monotonic_ns())
        self.free = started + int(self.service * SECOND)
        self.under_way.append(Outcomes(batch.first, batch.size, [None] * batch.size, NO_ERRORS, 1, started, self.free))
        return ALL_ACCEPTED

    def collect(self, limit, timeout):
        if not self.under_way:
            time.sleep(timeout)
            return ()
        wait = (self.under_way[0].finished - time.monotonic_ns()) / SECOND
        if wait > 0:
            time.sleep(min(wait, timeout))
        now = time.monotonic_ns()
        found = []
        while self.under_way and len(found) < limit and self.under_way[0].finished <= now:
            found.append(self.under_way.popleft())
        return found

    def stop(self):
        pass


class StallsTheProducer(Simulated):
    """Blocks for a second, once, in the middle of submitting message 100."""

    def submit(self, batch):
        if batch.first == 100:
            time.sleep(1)
        return super().submit(batch)


class StallsItsWorker(Simulated):
    """Its worker does nothing for a second, once."""

    def submit(self, batch):
        if batch.first == 100:
            self.free = time.monotonic_ns() + SECOND
        return super().submit(batch)


class Slow(Simulated):
    """Does 200 messages per second, and no more."""

    service = 0.005


def paced(transport, rate, tasks, batch=1):
    """Send tasks at a rate through a started transport, and return the history."""
    history = History(tasks, batch)
    OpenLoop(transport, Noop(), history, rate).run()
    return history
