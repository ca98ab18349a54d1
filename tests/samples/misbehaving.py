"""Transports that misbehave on purpose, each in one way."""

import signal
import subprocess
import threading

from crossover.contract.errors import BrokenError
from crossover.contract.tasks import ALL_UNKNOWN, NO_ERRORS, Outcomes, Receipt, Submission
from local_ipc.serial import SerialTransport

TASKS = 200
NOTHING_COMES = 6  # the collection of `Scripted` that finds nothing


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


class Scripted(SerialTransport):
    """Runs each task when it is collected; what it does in addition is written in `script`, which is about this class.

    Attributes:
        fails_at: "start", or the number of a task → what is raised there.
        dead: collected tasks → what is known of dead workers from then on.
        done: what was asked of it.
        blocked: whether SIGINT was, when it was started.
        handlers: of SIGINT, when it was stopped.
    """

    fails_at, dead, done, blocked, handlers = {}, {}, [], [], []
    limit = 1_000
    redelivery = 7.0
    notes = ("a note",)

    def take_over(self, run):
        self.done.append(f"take over {run}")
        self.run = run

    def start(self, workload, workers):
        self.done.append(f"start {workers}")
        self.blocked.append(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))
        self._fail("start")
        super().start(workload, workers)

    def submit(self, batch):
        self._fail(batch.first)
        return super().submit(batch)

    def absent(self):
        return [name for count, names in self.dead.items() if self.done.count("collect") >= count for name in names]

    def collect(self, limit, timeout):
        self.done.append("collect")
        if self.done.count("collect") == NOTHING_COMES:
            return ()
        return super().collect(limit, timeout)

    def exits(self):
        return {7: "was ended by SIGKILL"} if self.absent() else {}

    def brokers(self):
        return {"server": "1.0"}

    def processes(self):
        return {"workers": (1, 2)}

    def stop(self):
        self.handlers.append(signal.getsignal(signal.SIGINT))
        self.done.append("stop")
        super().stop()

    def _fail(self, where):
        if where in self.fails_at:
            error = self.fails_at[where]
            raise error() if callable(error) else error
