"""Transports that misbehave on purpose, each in one way."""

import subprocess
import threading

from crossover.contract.errors import BrokenError
from crossover.contract.tasks import ALL_UNKNOWN, NO_ERRORS, Outcomes, Receipt, Submission
from local_ipc.serial import SerialTransport

TASKS = 200


def change(outcomes, first, **changes):
    return tuple(one._replace(**changes) if one.first == first else one for one in outcomes)


class Drops(SerialTransport):
    """Forgets every tenth."""

    def collect(self, limit, timeout):
        return [one for one in super().collect(limit, timeout) if one.first % 10]


class Repeats(SerialTransport):
    """Delivers every tenth twice."""

    def collect(self, limit, timeout):
        found = super().collect(limit, timeout)
        return [*found, *(one for one in found if not one.first % 10)]


class Reverses(SerialTransport):
    """Runs the newest first."""

    def collect(self, limit, timeout):
        self._waiting.reverse()
        return [one for _ in range(len(self._waiting)) for one in super(Reverses, self).collect(limit, timeout)]


class Alters(SerialTransport):
    """Brings another value for task 7."""

    def collect(self, limit, timeout):
        return change(super().collect(limit, timeout), 7, values=[-1])


class Swaps(SerialTransport):
    """Brings the values of neighbours for each other."""

    def collect(self, limit, timeout):
        return [one._replace(first=one.first ^ 1) for one in super().collect(limit, timeout)]


class Invents(SerialTransport):
    """Returns an outcome of a task that was never sent."""

    def collect(self, limit, timeout):
        found = super().collect(limit, timeout)
        return [*found, Outcomes(TASKS + 5, 1, [1], NO_ERRORS, 1, 1, 2)] if found and found[0].first == 7 else found


class Refuses(SerialTransport):
    """Takes every second one only."""

    def submit(self, batch):
        return super().submit(batch) if batch.first % 2 else Submission(Receipt.ACCEPTED, {0: "no room"})


class Wavers(SerialTransport):
    """Cannot tell whether it took anything, but did."""

    def submit(self, batch):
        super().submit(batch)
        return ALL_UNKNOWN


class FallsSilent(SerialTransport):
    """Brings nothing any more after one and a half runs: the warm-up, and half of what is measured."""

    left = TASKS + TASKS // 2

    def collect(self, limit, timeout):
        if not self.left:
            return ()
        self.left -= 1
        return super().collect(limit, timeout)


class LosesItsWorker(FallsSilent):
    """The same, and says who of those on other machines has died."""

    def absent(self):
        return () if self.left else ["worker w1@host"]


class BreaksEarly(SerialTransport):
    """Breaks a moment before the process can be seen to have died that it breaks of."""

    def start(self, workload, workers):
        super().start(workload, workers)
        self._process = subprocess.Popen(["sleep", "1000"])

    def processes(self):
        return {"workers": [self._process.pid]}

    def collect(self, limit, timeout):
        threading.Timer(0.05, self._process.kill).start()
        raise BrokenError("its pipe has ended")

    def stop(self):
        super().stop()
        self._process.wait()
