"""Transports of known behaviour: in real time, and in time that passes only where somebody waits."""

import random
import time
from collections import deque

from crossover.contract.safety import Safety
from crossover.contract.system import Clock
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


class Pipeline(Transport):
    """Carries at most `most` messages per second, each of which is under way for `latency` seconds.

    So with a window of W messages it carries W / latency, up to `most`; from `crowd` messages outstanding on, half.

    Args:
        most, latency, crowd: as above.
        noise: each second differs by up to this part.
    """

    traits = local_traits("pipeline")

    def __init__(self, most, latency, crowd=10**9, noise=0.0):
        super().__init__(None, Safety.DEFAULT)
        self.now = self.free = 0
        self._each, self._latency, self._crowd = SECOND / most, latency * SECOND, crowd
        self._noise, self._chance = noise, random.Random(1)
        self._speed, self._changes = 1.0, 0
        self._under_way = deque()

    def start(self, workload, workers):
        pass

    def submit(self, batch):
        if self.now >= self._changes:
            self._speed = 1 + self._noise * self._chance.uniform(-1, 1)
            self._changes = self.now + SECOND / 25
        busy = 2 if len(self._under_way) > self._crowd else 1
        self.free = max(self.now, self.free) + busy * self._each / self._speed
        back = max(self.free, self.now + self._latency / self._speed)
        self._under_way.append((back, [(task, None) for task in range(batch.first, batch.first + batch.size)]))
        return ALL_ACCEPTED

    def collect(self, limit, timeout):
        if not self._under_way:
            return ()
        self.now = max(self.now, self._under_way[0][0])
        found = []
        while self._under_way and len(found) < limit and self._under_way[0][0] <= self.now:
            found.append(self._under_way.popleft()[1][0])
        return found

    def stop(self):
        pass


def paced(transport, rate, tasks, batch=1):
    """Send tasks at a rate through a started transport, and return the history."""
    history = History(tasks, batch)
    OpenLoop(transport, Noop(), history, rate).run()
    return history


class Time:
    """Replaces the clock that loops look at.

    Attributes:
        now: nanoseconds.
        slept: of each sleep, in seconds.
    """

    def __init__(self, monkeypatch):
        self.now, self.slept = 1_000 * SECOND, []
        monkeypatch.setattr(Clock, "monotonic_ns", staticmethod(lambda: self.now))
        monkeypatch.setattr(Clock, "monotonic", staticmethod(lambda: self.now / SECOND))
        monkeypatch.setattr(Clock, "sleep", staticmethod(self._sleep))

    def passes(self, seconds):
        self.now += round(seconds * SECOND)

    def _sleep(self, seconds):
        self.slept.append(seconds)
        self.passes(seconds)


class InTime(Transport):
    """Every message comes back a while after it was submitted.

    Attributes:
        most: tasks that were outstanding at once.
        sizes: of the messages.
        waits: the timeouts of `collect`.
        limits: how many messages `collect` was asked for.
        waiting: tasks that were outstanding then.
        asked: how often late receipts were asked for.

    Args:
        time: in which it lives.
        takes: seconds from a submission to its outcome; None: it never comes.
        call: seconds that each submission takes.
    """

    traits = local_traits("in time")

    def __init__(self, time, takes=0.01, call=0.0):
        super().__init__(None, Safety.DEFAULT)
        self._time, self._takes, self._call = time, takes, call
        self._under_way, self._outstanding = deque(), 0
        self.most, self.asked = 0, 0
        self.sizes, self.waits, self.limits, self.waiting, self.late = [], [], [], [], []

    def start(self, workload, workers):
        pass

    def submit(self, batch):
        self._time.passes(self._call)
        self._outstanding += batch.size
        self.most = max(self.most, self._outstanding)
        self.sizes.append(batch.size)
        if self._takes is not None:
            self._under_way.append((self._time.now + round(self._takes * SECOND), batch))
        return ALL_ACCEPTED

    def collect(self, limit, timeout):
        self.waits.append(timeout)
        self.limits.append(limit)
        self.waiting.append(self._outstanding)
        if not self._under_way or self._under_way[0][0] > self._time.now + timeout * SECOND:
            self._time.passes(timeout)
            return ()
        self._time.now = max(self._time.now, self._under_way[0][0])
        found = []
        while self._under_way and len(found) < limit and self._under_way[0][0] <= self._time.now:
            at, batch = self._under_way.popleft()
            self._outstanding -= batch.size
            found.append(Outcomes(batch.first, batch.size, [None] * batch.size, NO_ERRORS, 1, at, at))
        return found

    def receipts(self):
        self.asked += 1
        return self.late.pop(0) if self.late else ()

    def stop(self):
        pass
