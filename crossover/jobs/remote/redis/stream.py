"""redis-stream: calls in a stream that all workers read as one group, outcomes in a list of each executor."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any
from uuid import uuid4

import redis

from brokers.poison import GIVEN_UP_REASON, MOST_DELIVERIES
from brokers.redis.client import translate_errors
from brokers.redis.dead_letters import dead_letter
from crossover.contract.safety import Safety
from crossover.contract.system import Clock
from crossover.jobs.remote.job_queue import QUEUE, Delivery
from crossover.jobs.remote.redis import stream_scripts as scripts
from crossover.jobs.remote.redis.keys import (
    KEPT_FOR,
    LEASE,
    MOST_BLOCKED,
    Keys,
    LibraryClient,
    Reply,
    encode_reply,
    is_no_group,
)
from crossover.jobs.remote.redis.producer import RedisJobQueue
from crossover.jobs.remote.redis.stream_scripts import GROUP

MOST_LEFT = 100  # calls of dead workers that are looked at in one command


class RedisStreamQueue(RedisJobQueue):
    """The producer's side.

    Args:
        url, name, safety, lease: as in RedisJobQueue.
    """

    def send_call(self, client: LibraryClient, call: bytes, number: str) -> Any:
        """XADD a call."""
        return client.redis.xadd(self.keys.calls, {"to": self.reply_to, "n": number, "m": call})

    def withdraw(self, number: str) -> bool:
        """XDEL a call, unless a worker has taken it."""
        return bool(self.withdraw_all([number]))

    def withdraw_all(self, numbers: Sequence[str]) -> list[str]:
        """XDEL those calls that no worker has taken; return their numbers."""
        number_of = {entry: number for number in numbers if (entry := self.sent.get(number))}
        if not number_of:
            return []
        with self.connected() as client:
            taken_back = client.run(scripts.WITHDRAW, [self.keys.calls], *number_of)
        numbers = [number_of[entry] for entry in taken_back]
        for number in numbers:
            self.sent.pop(number, None)
        return numbers

    def find_lost(self, client: LibraryClient, sent: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """Find the calls whose entries are gone without an outcome, and, where none is repeated, those of dead workers."""
        number_of = {entry: number for number, entry in sent.items()}
        keys = [self.keys.calls, self.keys.replies(self.reply_to)]
        gone, died = client.run(scripts.LOST, keys, int(self.lease * 1_000), self.on_death, *number_of)
        for entry in gone:
            yield number_of[entry], "Redis has lost it, or its worker died"
        for entry in died:
            yield number_of[entry], f"the worker that had taken it has not been heard of for {self.lease:g} s"

    def remove_keys(self, client: LibraryClient) -> None:
        """Remove the keys of this executor, and the stream if nobody uses it."""
        self.withdraw_all(list(self.sent))
        client.run(scripts.CLOSE, self.own_keys, int(self.lease * 1_000))


class RedisStreamIntake:
    """The worker's side: a consumer of the group.

    Args:
        url: of the server.
        name: of the queue.
        safety: at the safe level it takes over the calls of workers that died; at the others those are lost.
        lease: seconds without a beat, after which a worker is taken for dead.

    Raises:
        BrokenError: the server cannot be reached.
    """

    def __init__(self, url: str, name: str = QUEUE, safety: Safety = Safety.DEFAULT, *, lease: float = LEASE) -> None:
        self._url = url
        self._lease = int(lease * 1_000)
        self._on_death = "retry" if safety is Safety.SAFE else "lose"
        self._consumer = f"{socket.gethostname()}-{os.getpid()}-{uuid4().hex[:8]}"
        self._keys = Keys(name)
        self._client = LibraryClient(url)
        self._held: set[Any] = set()
        self._beaten_at = self._looked_at = 0.0
        with translate_errors(url):
            self._join()

    def take(self, room: int, timeout: float) -> list[Delivery]:
        """Take what dead workers left, else XREADGROUP; look for both until something comes."""
        deadline = Clock.monotonic() + timeout
        while room > 0:
            with translate_errors(self._url):
                found = self._take_left(room) or self._take_new(room, deadline - Clock.monotonic())
            if found or Clock.monotonic() >= deadline:
                return found
        return []

    def reply(self, delivery: Delivery, outcome: bytes) -> None:
        """Store the outcome, XACK and XDEL, as one command; nothing if another worker has done it meanwhile."""
        self._finish(delivery, Reply(delivery.number, outcome))

    def begun(self, delivery: Delivery, note: bytes) -> None:
        """Store a note for the executor."""
        reply = encode_reply(Reply(delivery.number, note, is_last=False))
        with translate_errors(self._url):
            self._client.run(scripts.BEGUN, self._keys_of(delivery)[1:], reply, KEPT_FOR)

    def give_back(self, delivery: Delivery) -> None:
        """Let any worker claim a call, before those that nobody has had."""
        with translate_errors(self._url):
            self._client.run(scripts.GIVE_BACK, [self._keys.calls], self._consumer, delivery.tag)
        self._held.discard(delivery.tag)

    def refuse(self, delivery: Delivery, reason: str) -> None:
        """Keep a call aside; its future fails with the reason."""
        with translate_errors(self._url):
            dead_letter(self._client.redis, reason, self._keys.prefix, delivery.call)
        self._finish(delivery, Reply(delivery.number, None, reason=reason))

    def beat(self) -> None:
        """XCLAIM what it holds, so that no other worker does."""
        now = Clock.monotonic()
        if not self._held or (now - self._beaten_at) * 4_000 < self._lease:
            return
        with translate_errors(self._url):
            self._client.run(scripts.BEAT, [self._keys.calls], self._consumer, *self._held.copy())
        self._beaten_at = now

    def close(self) -> None:
        """Give back what it holds, and leave the group; the stream is removed if nobody uses it."""
        with translate_errors(self._url), suppress(redis.ResponseError):  # it is gone
            self._client.run(scripts.LEAVE, [self._keys.calls], self._consumer, self._lease)
        self._client.redis.close()

    def _join(self) -> None:
        client = self._client.redis
        try:
            client.xgroup_create(self._keys.calls, GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise
        client.xgroup_createconsumer(self._keys.calls, GROUP, self._consumer)

    def _take_new(self, room: int, timeout: float) -> list[Delivery]:
        block = int(min(timeout, MOST_BLOCKED) * 1_000)
        try:
            streams: Any = self._client.redis.xreadgroup(
                GROUP, self._consumer, {self._keys.calls: ">"}, count=room, block=block if block > 0 else None
            )
        except redis.ResponseError as error:
            if not is_no_group(error):
                raise
            self._join()  # the server has lost it, or the last executor has removed it
            return []
        return [self._delivery(entry, fields) for entry, fields in (streams[0][1] if streams else ()) if fields]

    def _take_left(self, room: int) -> list[Delivery]:
        """Claim calls that were given back, and those of dead workers; one that was delivered too often is refused."""
        if Clock.monotonic() - self._looked_at < MOST_BLOCKED:
            return []
        arguments = self._consumer, self._lease, min(room, MOST_LEFT), self._on_death
        try:
            left = self._client.run(scripts.TAKE_LEFT, [self._keys.calls], *arguments)
        except redis.ResponseError as error:
            if not is_no_group(error):
                raise
            self._join()
            left = []
        if not left:
            self._looked_at = Clock.monotonic()
        found = []
        for entry, fields, deliveries in left:
            delivery = self._delivery(entry, dict(zip(fields[::2], fields[1::2], strict=True)), deliveries > 0)
            if deliveries >= MOST_DELIVERIES:
                self.refuse(delivery, GIVEN_UP_REASON)
            else:
                found.append(delivery)
        return found

    def _delivery(self, entry: Any, fields: dict[bytes, bytes], redelivered: bool = False) -> Delivery:  # noqa: FBT001, FBT002
        self._held.add(entry)
        to, number = (fields.get(field, b"").decode(errors="replace") for field in (b"to", b"n"))
        return Delivery(fields.get(b"m", b""), to, number, entry, redelivered)

    def _finish(self, delivery: Delivery, reply: Reply) -> None:
        with translate_errors(self._url):
            self._client.run(scripts.REPLY, self._keys_of(delivery), delivery.tag, encode_reply(reply), KEPT_FOR)
        self._held.discard(delivery.tag)

    def _keys_of(self, delivery: Delivery) -> list[str]:
        to = delivery.reply_to
        return [self._keys.calls, self._keys.replies(to), self._keys.executor(to)]
