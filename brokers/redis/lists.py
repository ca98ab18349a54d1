"""redis-list: RPUSH and BLPOP."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from redis.client import Pipeline

from brokers.poison import PoisonCandidate
from brokers.redis.inbox import RedisInbox
from brokers.redis.transport import RedisTransport
from crossover.contract.inbox import Inbox
from crossover.contract.safety import Safety

REAPED_WITHIN = 3.0  # seconds from the end of a worker's connection


class ListInbox(RedisInbox):
    """Pops messages off the list: taken is gone."""

    def take(self, pipeline: Pipeline, count: int) -> None:
        """BLPOP the first, LPOP what else is there."""
        pipeline.blpop([self.keys.tasks], 1)
        if count > 1:
            pipeline.lpop(self.keys.tasks, count - 1)

    def taken(self, answers: Sequence[Any]) -> list[tuple[Any, bytes]]:
        """Return the messages."""
        first, *others = answers
        found = [first[1]] if first else []
        return [(message, message) for message in found + (others[0] if others and others[0] else [])]


class SafeListInbox(RedisInbox):
    """Moves messages to a list of this worker's own, and removes them from there once the outcome has been sent.

    A worker whose connection has gone is dead: whoever notices moves what it had to where the living look for it.
    """

    acknowledges = True

    def enter(self) -> None:
        """Say who we are, after giving back what a dead worker with our process id had: we would pass for it."""
        self._own = self.keys.taken(self.name)
        self._begun: dict[bytes, bytes] = {}  # message → what it is counted by
        self._give_back(self._own)
        self.client.sadd(self.keys.workers, self.name)

    def take(self, pipeline: Pipeline, count: int) -> None:
        """BLMOVE the first, LMOVE the others."""
        pipeline.blmove(self.keys.tasks, self._own, 1, "LEFT", "RIGHT")
        for _ in range(count - 1):
            pipeline.lmove(self.keys.tasks, self._own, "LEFT", "RIGHT")

    def taken(self, answers: Sequence[Any]) -> list[tuple[Any, bytes]]:
        """Return the messages."""
        return [(message, message) for message in answers if message is not None]

    def settle(self, pipeline: Pipeline, done: Sequence[Any]) -> None:
        """Remove each from our own list."""
        for message in done:
            pipeline.lrem(self._own, 1, message)
            if self._begun and (counted := self._begun.pop(message, None)):
                pipeline.hdel(self.keys.begun, counted)

    def look_after(self) -> PoisonCandidate | None:
        """Take one that a dead worker had, and count that it is begun again."""
        message: Any = self._next()
        if message is None:
            self._reap()
            message = self._next()
        if message is None:
            return None
        counted = self._begun[message] = blake2b(message, digest_size=16).digest()
        deaths: Any = self.client.hincrby(self.keys.begun, counted, 1)
        return PoisonCandidate(message, message, deaths)

    def _next(self) -> Any:
        return self.client.lmove(self.keys.left, self._own, "LEFT", "RIGHT")

    def _reap(self) -> None:
        members: Any = self.client.smembers(self.keys.workers)
        workers = {worker.decode() for worker in members}
        for dead in workers - self.connected():
            self._give_back(self.keys.taken(dead))
            self.client.srem(self.keys.workers, dead)

    def _give_back(self, taken: str) -> None:
        while self.client.lmove(taken, self.keys.left, "LEFT", "RIGHT"):
            pass


class RedisListTransport(RedisTransport):
    """One list of tasks for all workers, one list of outcomes.

    fast: BLPOP, a private server writes nothing to disk. default: BLPOP, append-only file synced every second. safe:
    BLMOVE to a list of the worker's own and LREM after the outcome was sent; what a worker had taken comes back when
    its connection has gone, one message at a time, and what three have died of is kept aside; append-only file synced
    before each answer.

    Options: prefetch (messages a worker takes at once, at most, 1 to 10000; default 128; redis-py has no such thing).
    """

    name = "redis-list"

    def __init__(self, options: Any, safety: Safety, server_address: str = "") -> None:
        super().__init__(options, safety, server_address)
        self.redelivery = REAPED_WITHIN if safety is Safety.SAFE else 0.0

    def inbox(self, reference: str) -> Inbox:
        """Return one that pops, or one that moves."""
        kind = SafeListInbox if self.safety is Safety.SAFE else ListInbox
        return kind(self.at.url, self.keys, reference, self.options.prefetch)

    def put(self, pipeline: Pipeline, messages: Sequence[bytes]) -> None:
        """RPUSH all of them with one command; each is an item of its own."""
        pipeline.rpush(self.keys.tasks, *messages)

    def said(self, answers: Sequence[Any], messages: int) -> Sequence[Any]:
        """Return the one answer for all."""
        return [answers[0]] * messages
