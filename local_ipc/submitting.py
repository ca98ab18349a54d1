"""How local transports take what is submitted: as messages that are put, or as bytes that wait for room."""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Any

from crossover.contract.tasks import ALL_ACCEPTED, Batch, Submission
from crossover.contract.transport import Transport
from local_ipc.channels.pickling import PLAIN, Message, pack, pack_task, wrap, wrap_task


class PuttingTransport(Transport):
    """A transport whose library pickles messages, and takes one as soon as it is put.

    Attributes:
        _put: puts a message; a method, or set by `start`: one call less per message.
    """

    _put: Callable[[Message], None]

    def submit(self, batch: Batch) -> Submission:
        """Put a batch."""
        messages, submission = wrap(batch)
        for message in messages:
            self._put(message)
        return submission

    def submit_task(self, task: int, payload: Any) -> Submission:
        """Put a task, as `submit` does."""
        if type(payload) in PLAIN:  # as `wrap_task` does it, without a call
            self._put((task, payload))
            return ALL_ACCEPTED
        message, submission = wrap_task(task, payload)
        if message is not None:
            self._put(message)
        return submission


class BacklogTransport(Transport):
    """A transport that writes bytes, and keeps in a backlog what has no room yet; so the producer never waits for room.

    Otherwise producer and workers could wait for each other, each until the other reads.

    Attributes:
        _backlog: messages of tasks that have not been written; made by `start`.
    """

    _backlog: deque[bytes]

    def submit(self, batch: Batch) -> Submission:
        """Write a batch, or keep it until there is room. Accepted: one of the two."""
        messages, submission = pack(batch)
        self._backlog.extend(messages)
        self._feed()
        return submission

    def submit_task(self, task: int, payload: Any) -> Submission:
        """Write a task, or keep it, as `submit` does."""
        message, submission = pack_task(task, payload)
        if message is not None:
            self._backlog.append(message)
            self._feed()
        return submission

    @abstractmethod
    def _feed(self) -> None:
        """Write the backlog, as far as there is room."""
