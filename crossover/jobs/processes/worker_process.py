"""A worker process, as its executor sees it."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.context import BaseContext

from crossover.jobs.processes.launch import start_worker
from crossover.jobs.processes.segment import LARGE, Segment
from crossover.jobs.processes.tickets import Tickets
from crossover.jobs.processes.worker import WorkerSetup
from crossover.jobs.task import Task
from crossover.workers.limits.memory import processes_ended
from crossover.workers.processes.exit_words import how_it_ended

ENDS_WITHIN = 5.0  # seconds in which a worker ends that was asked to, or has said that it will; then it is killed


class WorkerProcess:
    """A process with a pipe, the task that it has, and those that it may take after it.

    Attributes:
        channel: our end of its pipe.
        segment: memory that is shared with it; None: everything travels through the pipe.
        pid: its process id.
        sentinel: becomes readable when it ends.
        tickets: for the calls in its pipe.
        tasks: the one that it has, or takes next, and those ahead of it; none: it is idle, or starts.
        most_ahead: how many it may have ahead: as many as it has done fast enough before.
        since: when it was last heard of, or given something to do, in seconds of the monotonic clock.
        until: when its task, or itself, must have ended, in seconds of the monotonic clock; None: any time.
        is_starting: whether it is not ready yet.
        is_last: whether it has said that it does no more.
        is_late: whether it is killed because its time is over.
        is_cut: whether its pipe is closed: nothing more can come.
        has_unsent: whether its pipe has not taken all of its task yet.
        is_watched: whether its pipe is watched for room.
        refusal: the pickled exception of its initializer; None: it has not failed.
        has_unread: whether it has ended before it had its task as a whole.

    Args:
        context: how it starts.
        setup: what it does.
        shares_memory: whether large payloads travel through shared memory.
    """

    def __init__(self, context: BaseContext, setup: WorkerSetup, *, shares_memory: bool = False) -> None:
        self._memory_kills = processes_ended()
        self.segment = Segment() if shares_memory else None
        self.tickets = Tickets()
        try:
            self.channel, self._process = start_worker(context, setup, self.tickets, self.segment)
        except BaseException:
            self.tickets.close()
            if self.segment is not None:
                self.segment.close()
            raise
        self.pid: int = self._process.pid or 0
        self.sentinel: int = self._process.sentinel
        self.tasks: deque[Task] = deque()
        self.most_ahead = 0
        self.since = 0.0
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
        self.send([task])
        return True

    def send(self, tasks: list[Task]) -> None:
        """Send it tasks that follow those that it has: the first one of all has begun."""
        messages = [task.message for task in tasks]
        if not self.tasks:
            self.since = time.monotonic()
            if self.segment is not None and len(messages[0]) >= LARGE:
                messages[0] = self.segment.write(messages[0]) or messages[0]
        self.tasks.extend(tasks)
        for task in tasks:
            if not task.begun:
                task.ahead_of = self
        if not self.is_starting and len(self.tasks) == len(tasks):
            self.start_clock()
        with suppress(OSError):  # it has ended, which is seen later
            self.has_unsent = not self.channel.send(*messages)
        self.tickets.give(len(tasks))

    def done(self, count: int) -> deque[Task]:
        """It has done a number of tasks, and begins the next; return them."""
        done = deque(self.tasks.popleft() for _ in range(min(count, len(self.tasks))))
        self.since, self.until = time.monotonic(), None
        if self.tasks and self.takes_more:
            self.tasks[0].begin()
            self.start_clock()
        return done

    def take_back(self) -> list[Task]:
        """Return the tasks that it has not taken, and will not; its first one it keeps, unless it takes no more."""
        keeps = 0 if self.is_last else len(self.tasks)
        if not self.tasks or keeps == 1:
            return []
        back = [self.tasks.pop() for _ in range(self.tickets.take_back(keeps))]
        for task in back:
            task.ahead_of = None
        return back

    def start_clock(self) -> None:
        """From now on its task runs."""
        if self.tasks and self.tasks[0].within is not None:
            self.until = time.monotonic() + self.tasks[0].within

    def must_end(self) -> None:
        """It has said that it ends, or its pipe is closed: it is killed if it does not end."""
        self.until = time.monotonic() + ENDS_WITHIN

    def release(self) -> list[Task]:
        """It has ended, or is given up: return what it had, in order."""
        tasks = list(self.tasks)
        self.tasks.clear()
        self.until = None
        return tasks

    def ask_to_end(self) -> None:
        """Let it end when its task is done."""
        with suppress(OSError):
            self.channel.send(b"")
        self.tickets.give(1)

    def end(self, seconds: float) -> None:
        """Wait for its end; kill it where it takes longer than a number of seconds."""
        self._process.join(seconds)
        if self._process.is_alive():
            self.kill()
        self._process.join(ENDS_WITHIN)
        self.close()

    def terminate(self) -> None:
        """Send it SIGTERM."""
        self._process.terminate()

    def kill(self) -> None:
        """Send SIGKILL to it, and to the processes that its functions have started."""
        from crossover.workers.processes.process_tree import (  # noqa: PLC0415 - psutil is imported on use
            descendants,
            kill_unless_tracker,
        )

        started = descendants(self.pid)
        self._process.kill()
        for process in started:
            kill_unless_tracker(process)

    def join(self) -> None:
        """Wait for its end, which is near."""
        self._process.join(ENDS_WITHIN)

    def how_it_ended(self) -> str:
        """Return a sentence on its end."""
        how = how_it_ended(self.exit_code or 0, None if self.is_late else self._memory_kills)
        return f"worker process {self.pid} {how} before its task was done"

    def close(self) -> None:
        """Give its descriptors back."""
        self.channel.close()
        self.tickets.close()
        if self.segment is not None:
            self.segment.close()
        with suppress(ValueError):
            self._process.close()


def signal_worker(end: Callable[[WorkerProcess], None], worker: WorkerProcess) -> None:
    """End a worker, which may have ended already."""
    with suppress(ProcessLookupError, ValueError):
        end(worker)
