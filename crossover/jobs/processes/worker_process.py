"""A worker process, as its executor sees it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.context import BaseContext

from crossover.jobs.processes.launch import start_worker
from crossover.jobs.processes.segment import LARGE, Segment
from crossover.jobs.processes.worker import WorkerSetup
from crossover.jobs.task import Task
from crossover.workers.processes.exit_words import how_it_ended

ENDS_WITHIN = 5.0  # seconds in which a worker ends that was asked to, or has said that it will; then it is killed


class WorkerProcess:
    """A process with a pipe, and the task that it has.

    Attributes:
        channel: our end of its pipe.
        segment: memory that is shared with it; None: everything travels through the pipe.
        pid: its process id.
        sentinel: becomes readable when it ends.
        task: that it has; None: it is idle, or starts.
        until: when its task, or itself, must have ended, in seconds of the monotonic clock; None: any time.
        is_starting: whether it is not ready yet.
        is_last: whether it has said that it does no more.
        is_late: whether it is killed because its time is over.
        is_cut: whether its pipe is closed: nothing more can come.
        has_unsent: whether its pipe has not taken all of its task yet.
        is_watched: whether its pipe is watched for room.
        refusal: the pickled exception of its initializer; None: it has not failed.
        has_unread: whether it has ended before it had read its task.

    Args:
        context: how it starts.
        setup: what it does.
        shares_memory: whether large payloads travel through shared memory.
    """

    def __init__(self, context: BaseContext, setup: WorkerSetup, *, shares_memory: bool = False) -> None:
        self.segment = Segment() if shares_memory else None
        try:
            self.channel, self._process = start_worker(context, setup, self.segment)
        except BaseException:
            if self.segment is not None:
                self.segment.close()
            raise
        self.pid: int = self._process.pid or 0
        self.sentinel: int = self._process.sentinel
        self.task: Task | None = None
        self.until: float | None = None
        self.is_starting = True
        self.is_last = self.is_late = self.is_cut = False
        self.refusal: bytes | None = None
        self.has_unsent = self.is_watched = self.has_unread = False

    @property
    def exit_code(self) -> int | None:
        """Its exit status, or minus the number of its signal."""
        code: int | None = self._process.exitcode
        return code

    @property
    def takes_more(self) -> bool:
        """Whether it can have another task."""
        return not (self.is_last or self.is_late or self.is_cut)

    def take(self, task: Task) -> bool:
        """Send it a task, unless that was cancelled; return whether it was: if it has ended, its end is seen later."""
        if not task.begin():
            return False
        self.task = task
        if not self.is_starting:
            self.start_clock()
        message = task.message
        if self.segment is not None and len(message) >= LARGE:
            message = self.segment.write(message) or message
        with suppress(OSError):
            self.has_unsent = not self.channel.send(message)
        return True

    def start_clock(self) -> None:
        """From now on its task runs."""
        if self.task is not None and self.task.within is not None:
            self.until = time.monotonic() + self.task.within

    def must_end(self) -> None:
        """It has said that it ends, or its pipe is closed: it is killed if it does not end."""
        self.until = time.monotonic() + ENDS_WITHIN

    def release(self) -> Task | None:
        """It has its task no longer; return it."""
        task, self.task, self.until = self.task, None, None
        return task

    def ask_to_end(self) -> None:
        """Let it end when its task is done."""
        with suppress(OSError):
            self.channel.send(b"")

    def end(self, seconds: float) -> None:
        """Wait for its end; kill it where it takes longer than a number of seconds."""
        self._process.join(seconds)
        if self._process.is_alive():
            self._process.kill()
        self._process.join(ENDS_WITHIN)
        self.close()

    def terminate(self) -> None:
        """Send it SIGTERM."""
        self._process.terminate()

    def kill(self) -> None:
        """Send it SIGKILL."""
        self._process.kill()

    def join(self) -> None:
        """Wait for its end, which is near."""
        self._process.join(ENDS_WITHIN)

    def how_it_ended(self) -> str:
        """Return a sentence on its end."""
        return f"worker process {self.pid} {how_it_ended(self.exit_code or 0)} before its task was done"

    def close(self) -> None:
        """Give its descriptors back."""
        self.channel.close()
        if self.segment is not None:
            self.segment.close()
        with suppress(ValueError):
            self._process.close()


def signal_worker(end: Callable[[WorkerProcess], None], worker: WorkerProcess) -> None:
    """End a worker, which may have ended already."""
    with suppress(ProcessLookupError, ValueError):
        end(worker)
