"""A transport of which a test says where it fails, and which workers it loses."""

import signal

from local_ipc.serial import SerialTransport

NOTHING_COMES = 6  # the collection that finds nothing


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
