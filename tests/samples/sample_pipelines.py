"""A transport whose throughput with each window is known, in a time that passes only when outcomes are waited for."""

import random
from collections import deque

from crossover.contract.safety import Safety
from crossover.contract.tasks import ALL_ACCEPTED
from crossover.contract.transport import Transport
from local_ipc.process_transport import local_traits

SECOND = 1_000_000_000  # nanoseconds


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
