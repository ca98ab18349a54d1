"""queue: `multiprocessing.Queue`, or `multiprocessing.SimpleQueue`, both ways."""

from __future__ import annotations

import fcntl
import math
import queue
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.context import BaseContext
from multiprocessing.queues import Queue, SimpleQueue
from typing import Any, ClassVar, Literal

from crossover.contract.system import Clock
from crossover.contract.tasks import Done, Outcomes
from crossover.workers.fleet import Fleet, context_for
from local_ipc.channels.pickling import SHORT, Message, unwrap_outcomes
from local_ipc.process_transport import FleetTransport, SharedInbox, StartOptions, local_traits
from local_ipc.submitting import PuttingTransport
from workloads.base import Workload

FITS = 16 * 1024  # bytes of messages that a pipe takes, a quarter of a usual one: short messages may waste the rest
FRAME = 64  # bytes of a message in addition to its text or bytes, and what other plain payloads take, at most
LOOK_EVERY = 0.05  # seconds


class QueueOptions(StartOptions, frozen=True):
    """How processes start, and which queues they use.

    Attributes:
        kind: buffered: `Queue`; a thread in each process writes what was put. simple: `SimpleQueue`; `put` writes.
    """

    allowed: ClassVar[Mapping[str, str]] = {**StartOptions.allowed, "kind": "buffered, simple"}
    kind: Literal["buffered", "simple"] = "buffered"


class QueueTransport(PuttingTransport, FleetTransport):
    """One queue of tasks for all workers, one queue of outcomes.

    Accepted: a task is in this process's memory, and will be written to the pipe, or has been.

    Options: start (fork | spawn | forkserver; default: the platform's); kind (buffered | simple; default: buffered).
    """

    traits = local_traits("queue", options_type=QueueOptions)

    def start(self, workload: Workload, workers: int) -> None:
        """Make the queues and start the workers."""
        context = context_for(self.options.start)
        self._queues = SimpleQueues(context) if self.options.kind == "simple" else BufferedQueues(context)
        self._put = self._queues.put
        self._fleet = Fleet(context, workload.reference)
        for _ in range(workers):
            self._fleet.add(SharedInbox(self._queues.tasks, self._queues.outcomes))
        self._fleet.wait_until_ready()

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes | Done]:
        """Get outcomes."""
        messages = self._queues.get(limit, timeout)
        return [one if type(one) is tuple and len(one) == SHORT else unwrap_outcomes(one) for one in messages]

    def close(self) -> None:
        """Discard what is still in the queues."""
        self._queues.close()


class BufferedQueues:
    """Two queues of the kind `Queue`.

    Attributes:
        tasks, outcomes: the queues.
        put: puts a message of tasks.

    Args:
        context: of the processes that use them.
    """

    def __init__(self, context: BaseContext) -> None:
        self.tasks: Queue[Message] = context.Queue()
        self.outcomes: Queue[Message] = context.Queue()
        self.put: Callable[[Message], None] = self.tasks.put

    def get(self, limit: int, timeout: float) -> list[Message]:
        """Get outcomes; without a timeout if there are some: a timeout polls, and costs a third of the throughput."""
        get = self.outcomes.get
        if ready := min(limit, self.outcomes.qsize()):
            return [get() for _ in range(ready)]
        try:
            return [get(timeout=timeout)]
        except queue.Empty:
            return []

    def close(self) -> None:
        """Discard what is still in the queues."""
        for channel in (self.tasks, self.outcomes):
            channel.cancel_join_thread()
            channel.close()


class SimpleQueues:
    """Two queues of the kind `SimpleQueue`, which have no thread, no size and no timeout.

    `put` of such a queue blocks when its pipe is full, and workers that cannot put outcomes take no tasks. So that
    producer and workers never wait for each other, no more is put ahead than the pipe takes: the rest waits here.
    What a dead worker had counts as put ahead for ever; if that is as much as the pipe takes, the rest is not sent.

    `get` has no timeout. A thread of this process ends a wait that is too long, by a message of its own: None.

    Attributes:
        tasks, outcomes: the queues.

    Args:
        context: of the processes that use them.
    """

    def __init__(self, context: BaseContext) -> None:
        self.tasks: SimpleQueue[Message] = context.SimpleQueue()
        self.outcomes: SimpleQueue[Message | None] = context.SimpleQueue()
        self._backlog: deque[Message] = deque()
        self._ahead: deque[int] = deque()  # bytes of each message that has been put and has not come back
        self._bytes = 0  # of all of them; those that are still in the pipe are the last ones
        self._fits = min(FITS, _capacity(self.tasks) // 4)
        self._until = math.inf  # when the wait is too long, in seconds of the monotonic clock
        self._closed = threading.Event()
        self._watcher: threading.Thread | None = None  # started on first use: a process may have to fork before

    def put(self, message: Message) -> None:
        """Put a message of tasks, or keep it until the pipe has room."""
        self._backlog.append(message)
        self._feed()

    def get(self, limit: int, timeout: float) -> list[Message]:
        """Get one message of outcomes: whether there are more can only be asked with a system call."""
        if timeout < LOOK_EVERY and self.outcomes.empty():
            return []
        if self._watcher is None:
            self._watcher = threading.Thread(target=self._watch, name="watcher", daemon=True)
            self._watcher.start()
        self._until = Clock.monotonic() + timeout
        message = self.outcomes.get()
        self._until = math.inf
        if message is None:
            return []
        if self._ahead:
            self._bytes -= self._ahead.popleft()
        self._feed()
        return [message]

    def close(self) -> None:
        """Discard what is still in the queues."""
        self._closed.set()
        if self._watcher is not None:
            self._watcher.join(LOOK_EVERY)
        self.tasks.close()
        self.outcomes.close()

    def _feed(self) -> None:
        """Put what waits, as far as the pipe has room."""
        while self._backlog:
            size = _size(self._backlog[0])
            if self._ahead and self._bytes + size > self._fits:
                return
            self.tasks.put(self._backlog.popleft())
            self._ahead.append(size)
            self._bytes += size

    def _watch(self) -> None:
        while not self._closed.wait(LOOK_EVERY):
            if self._until < Clock.monotonic():
                self._until = math.inf  # once for each wait
                self.outcomes.put(None)


def _capacity(channel: Any) -> int:
    """Return how many bytes the pipe of a queue takes; Linux gives one page to users who have many pipes."""
    try:
        return fcntl.fcntl(channel._writer.fileno(), fcntl.F_GETPIPE_SZ)  # noqa: SLF001 - the only way to its pipe
    except (AttributeError, OSError):  # another system does not tell, and gives each pipe the same
        return 4 * FITS


def _size(message: Message) -> int:
    """Return how many bytes a message has when it is pickled, or more."""
    if isinstance(message, bytes):
        return len(message) + FRAME
    payloads = message[1:] if len(message) == SHORT else message[2]
    return FRAME + sum(map(_payload_size, payloads))


def _payload_size(payload: Any) -> int:
    if isinstance(payload, str):
        return 4 * len(payload) + FRAME
    if isinstance(payload, bytes):
        return len(payload) + FRAME
    return payload.bit_length() // 8 + FRAME if isinstance(payload, int) else FRAME
