"""A worker process, as its executor sees it."""

from __future__ import annotations

import time
from contextlib import suppress
from multiprocessing.context import BaseContext

from crossover.jobs.launch import start_worker
from crossover.jobs.task import Task
from crossover.jobs.worker import WorkerSetup
from crossover.workers.processes.exit_words import how_it_ended


class WorkerProcess:
    """A process with a pipe, and the task that it has.

    Attributes:
        connection: our end of its pipe.
        pid: its process id.
        sentinel: becomes readable when it ends.
        task: that it has; None: it is idle, or starts.
        done: how many it has done.
        until: when its task must have ended, in seconds of the monotonic clock; None: any time.
        is_starting: whether it is not ready yet.
        is_last: whether it has said that it does no more.
        timed_out: whether it was killed because its task took too long.
        refusal: the pickled exception of its initializer; None: it has not failed.

    Args:
        context: how it starts.
        setup: what it does.
    """

    def __init__(self, context: BaseContext, setup: WorkerSetup) -> None:
        self.connection, self._process = start_worker(context, setup)
        self.pid: int = self._process.pid or 0
        self.sentinel: int = self._process.sentinel
        self.task: Task | None = None
        self.done = 0
        self.until: float | None = None
        self.is_starting = True
        self.is_last = self.timed_out = False
        self.refusal: bytes | None = None

    @property
    def exit_code(self) -> int | None:
        """Its exit status, or minus the number of its signal."""
        code: int | None = self._process.exitcode
        return code

    @property
    def signalled(self) -> bool:
        """Whether a signal has ended it."""
        return (self.exit_code or 0) < 0

    def take(self, task: Task) -> bool:
        """Send it a task, unless that was cancelled; return whether it was: if it has ended, its end is seen later."""
        if not task.begin():
            return False
        self.task = task
        if not self.is_starting:
            self.start_clock()
        with suppress(OSError):
            self.connection.send_bytes(task.message)
        return True

    def start_clock(self) -> None:
        """From now on its task runs."""
        if self.task is not None and self.task.within is not None:
            self.until = time.monotonic() + self.task.within

    def release(self) -> Task | None:
        """It has its task no longer; return it."""
        task, self.task, self.until = self.task, None, None
        self.done += task is not None
        return task

    def ask_to_end(self) -> None:
        """Let it end when its task is done."""
        with suppress(OSError):
            self.connection.send_bytes(b"")

    def end(self, seconds: float) -> None:
        """Wait for its end; kill it where it takes longer than a number of seconds."""
        self._process.join(seconds)
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self.close()

    def terminate(self) -> None:
        """Send it SIGTERM."""
        self._process.terminate()

    def kill(self) -> None:
        """Send it SIGKILL."""
        self._process.kill()

    def how_it_ended(self) -> str:
        """Return a sentence on its end."""
        self._process.join()
        return f"worker process {self.pid} {how_it_ended(self.exit_code or 0)} before its task was done"

    def close(self) -> None:
        """Give its descriptors back."""
        self.connection.close()
        with suppress(ValueError):
            self._process.close()
