"""The worker's side of both queues in Redis."""

from __future__ import annotations

import os
import socket
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from uuid import uuid4

from brokers.external.options import QUEUE
from brokers.poison import GIVEN_UP_REASON, MOST_DELIVERIES
from brokers.redis.connection.client import translate_errors
from brokers.redis.dead_letters import dead_letter
from crossover.contract.errors import BrokenError
from crossover.contract.system import Clock
from crossover.jobs.remote.job_queue import Answer, Delivery
from crossover.jobs.remote.lease import LEASE, other_lease
from crossover.jobs.remote.redis.keys import (
    AGREE,
    END,
    FORGOTTEN_AFTER,
    MOST_BLOCKED,
    Keys,
    LibraryClient,
    Reply,
    encode_reply,
)


class RedisIntake(ABC):
    """The worker's side: each call has the level of its executor. After an error, each method connects again.

    Attributes:
        keys: of the queue.
        name: of this worker.
        held: tags of the calls that it has taken and that have no outcome.
        lease: milliseconds without a beat, after which a worker is taken for dead.

    Args:
        url: of the server.
        name: of the queue.
        lease: seconds without a beat, after which a worker is taken for dead; 0: that of the queue.

    Raises:
        UsageError: other workers of the queue have another lease.
        BrokenError: the server cannot be reached.
    """

    def __init__(self, url: str, name: str = QUEUE, *, lease: float = 0.0) -> None:
        self.keys = Keys(name)
        self.name = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"
        self.held: set[bytes] = set()
        self._url = url
        self._client = LibraryClient(url)
        self._beaten_at = self._looked_at = 0.0
        self._unsure = False  # whether calls may have been taken that are not known here
        with self._connected() as client:
            self.lease = client.run(AGREE, [self.keys.lease], int(lease * 1_000), int(LEASE * 1_000))
            if lease and self.lease != int(lease * 1_000):
                raise other_lease(name, self.lease / 1_000, lease)
            self.join(client)

    @abstractmethod
    def join(self, client: LibraryClient) -> None:
        """Make this worker known."""

    @abstractmethod
    def take_new(self, client: LibraryClient, room: int, block: float) -> list[Delivery]:
        """Take calls; wait for the first for a number of seconds."""

    @abstractmethod
    def take_left(self, client: LibraryClient, room: int) -> list[tuple[Delivery, int]]:
        """Take calls that others left, each with the number of workers that died with it."""

    @abstractmethod
    def take_unknown(self, client: LibraryClient) -> list[Delivery]:
        """Return what the server says that this worker has, and that is not held: the reply to `take` was lost."""

    @abstractmethod
    def finish(self, client: LibraryClient, answers: Sequence[Answer]) -> None:
        """Store replies and acknowledge their calls, as one command."""

    @abstractmethod
    def store(self, client: LibraryClient, delivery: Delivery, reply: bytes) -> None:
        """Store a reply that acknowledges nothing."""

    @abstractmethod
    def return_calls(self, client: LibraryClient, deliveries: Sequence[Delivery]) -> None:
        """Let any worker take calls, before those that nobody has had."""

    @abstractmethod
    def renew(self, client: LibraryClient) -> None:
        """Let the server know that this worker lives."""

    @abstractmethod
    def leave(self, client: LibraryClient) -> None:
        """Give back what this worker has, and remove what it has created."""

    def take(self, room: int, timeout: float, together: int = 1) -> list[Delivery]:
        """Take what others left, else what is new; look for both until something comes."""
        deadline = Clock.monotonic() + timeout
        while room > 0:
            try:
                with self._connected() as client:
                    block = max(0.0, min(deadline - Clock.monotonic(), MOST_BLOCKED))
                    found = self._take_over(client, room) or self.take_new(client, room, block)
            except BrokenError:
                self._unsure = True
                raise
            self.held.update(delivery.tag for delivery in found)  # type: ignore[misc]  # tags of ours are bytes
            if found or Clock.monotonic() >= deadline:
                return found
        return []

    def reply(self, delivery: Delivery, outcome: bytes) -> None:
        """Store an outcome and acknowledge its call, as one command; nothing if another worker was faster."""
        self.reply_many([Answer(delivery, outcome)])

    def reply_many(self, answers: Sequence[Answer]) -> None:
        """Store outcomes and acknowledge their calls, as one command."""
        self._finish([Answer(one.delivery, encode_reply(Reply(one.delivery.number, one.outcome))) for one in answers])

    def begun(self, delivery: Delivery, note: bytes) -> None:
        """Store a note for the executor."""
        with self._connected() as client:
            self.store(client, delivery, encode_reply(Reply(delivery.number, note, is_last=False)))

    def give_back(self, *deliveries: Delivery) -> None:
        """Let any worker take calls, before those that nobody has had."""
        with self._connected() as client:
            self.return_calls(client, deliveries)
        self.held.difference_update(one.tag for one in deliveries)

    def refuse(self, delivery: Delivery, reason: str) -> None:
        """Keep a call aside; its future fails with the reason."""
        self._keep_aside(delivery, reason, refused=True)

    def beat(self) -> None:
        """Let the server know that this worker lives, four times per lease at most."""
        now = Clock.monotonic()
        if (now - self._beaten_at) * 4_000 >= self.lease:
            with self._connected() as client:
                self.renew(client)
                client.redis.set(self.keys.lease, self.lease, px=FORGOTTEN_AFTER * self.lease)
            self._beaten_at = now

    def close(self) -> None:
        """Give back what it holds, and disconnect."""
        with suppress(BrokenError), self._connected() as client:
            self.leave(client)
            client.run(END, [self.keys.workers, self.keys.calls, self.keys.lease])
        self._client.redis.close()

    @contextmanager
    def _connected(self) -> Iterator[LibraryClient]:
        with translate_errors(self._url):
            yield self._client

    def _take_over(self, client: LibraryClient, room: int) -> list[Delivery]:
        """Take what others left, unless it was looked for just now; what too many workers died with is kept aside."""
        if self._unsure:
            found = self.take_unknown(client)
            self._unsure = False
            if found:
                return found
        if Clock.monotonic() - self._looked_at < MOST_BLOCKED:
            return []
        left = self.take_left(client, room)
        if not left:
            self._looked_at = Clock.monotonic()
        found = []
        for delivery, deaths in left:
            if deaths >= MOST_DELIVERIES:
                self._keep_aside(delivery, GIVEN_UP_REASON, refused=False)
            else:
                found.append(delivery)
        return found

    def _keep_aside(self, delivery: Delivery, reason: str, *, refused: bool) -> None:
        with self._connected() as client:
            dead_letter(client.redis, reason, self.keys.prefix, delivery.call)
        reply = Reply(delivery.number, None, reason=reason, refused=refused)
        self._finish([Answer(delivery, encode_reply(reply))])

    def _finish(self, answers: Sequence[Answer]) -> None:
        with self._connected() as client:
            self.finish(client, answers)
        self.held.difference_update(one.delivery.tag for one in answers)


def fields_of(flat: list[Any]) -> dict[Any, Any]:
    """Return the fields of an entry, which scripts return as names and values in turn."""
    return dict(zip(flat[::2], flat[1::2], strict=True))
