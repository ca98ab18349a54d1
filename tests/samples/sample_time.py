"""Time that passes only where somebody waits, and a transport that lives in it."""

from collections import deque

from crossover.contract.safety import Safety
from crossover.contract.system import Clock
from crossover.contract.tasks import ALL_ACCEPTED, NO_ERRORS, Outcomes
from crossover.contract.transport import Transport
from local_ipc.process_transport import local_traits

SECOND = 1_000_000_000  # nanoseconds


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
        self.most, self.sizes, self.waits, self.limits, self.late = 0, [], [], [], []

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
        return self.late.pop(0) if self.late else ()

    def stop(self):
        pass
