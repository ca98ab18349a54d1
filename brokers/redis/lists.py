"""redis-list: RPUSH and BLPOP."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from brokers.broker_transport import SAFE_ALONE
from brokers.external.options import BrokerOptions
from brokers.poison import PoisonCandidate
from brokers.redis.connection.connection import Commands
from brokers.redis.inbox import RedisInbox
from brokers.redis.keys import Keys
from brokers.redis.transport import RedisTransport
from crossover.contract.inbox import Inbox
from crossover.contract.safety import Safety
from crossover.contract.traits import Traits

REAPED_WITHIN = 3.0  # seconds after the connection of a worker was closed


class ListInbox(RedisInbox):
    """Pops messages off the list. If the worker dies, they are lost."""

    def add_take(self, commands: Commands, count: int) -> None:
        """BLPOP the first, LPOP up to `count - 1` others."""
        commands.add(b"BLPOP", self.tasks, b"1")
        if count > 1:
            commands.add(b"LPOP", self.tasks, b"%d" % (count - 1))

    def taken(self, replies: Sequence[Any]) -> list[tuple[Any, bytes]]:
        """Return the messages."""
        first, *others = replies
        found = [first[1]] if first else []
        return [(message, message) for message in found + (others[0] if others and others[0] else [])]


class SafeListInbox(RedisInbox):
    """Moves messages to a list of this worker's, and removes them from there once the outcome has been sent.

    A worker that has neither a connection nor a process is dead: the first one to notice moves what it had to the
    poison candidates.
    """

    acknowledges = True

    def prepare(self) -> None:
        """Register this worker; first give back what a dead worker of the same name had."""
        self._own = self.keys.taken(self.name).encode()
        self._attempts = self.keys.attempts.encode()
        self._attempted: dict[bytes, bytes] = {}  # message → its field in the hash of attempts
        self._likely = 1  # messages to take next, at most: each takes a command, also where there is none
        self._give_back(self.keys.taken(self.name))
        self.client.sadd(self.keys.workers, self.name)

    def add_take(self, commands: Commands, count: int) -> None:
        """BLMOVE the first, LMOVE the others."""
        commands.add(b"BLMOVE", self.tasks, self._own, b"LEFT", b"RIGHT", b"1")
        for _ in range(min(count, self._likely) - 1):
            commands.add(b"LMOVE", self.tasks, self._own, b"LEFT", b"RIGHT")

    def taken(self, replies: Sequence[Any]) -> list[tuple[Any, bytes]]:
        """Return the messages."""
        found = [(message, message) for message in replies if message is not None]
        self._likely = 2 * len(found) + 1
        return found

    def add_acknowledge(self, commands: Commands, done: Sequence[Any]) -> None:
        """LREM each from this worker's list."""
        commands.add_each(b"LREM", self._own, b"1", items=done)
        if self._attempted:
            fields = [field for message in done if (field := self._attempted.pop(message, None))]
            commands.add_each(b"HDEL", self._attempts, items=fields)

    def take_candidate(self) -> PoisonCandidate | None:
        """Take a message that a dead worker had, and count the attempt."""
        message: Any = self._next()
        if message is None:
            self._reap()
            message = self._next()
        if message is None:
            return None
        field = self._attempted[message] = blake2b(message, digest_size=16).digest()
        deaths: Any = self.client.hincrby(self.keys.attempts, field, 1)
        return PoisonCandidate(message, message, deaths)

    def recover(self) -> list[tuple[Any, bytes]]:
        """Return nothing: what was taken without being known here is given back."""
        taken_here = self.keys.taken(self.name)
        taken: Any = self.client.lrange(taken_here, 0, -1)
        unknown = self.forget_sent(taken)
        if unknown:
            with self.client.pipeline() as pipeline:
                for message in unknown:
                    pipeline.lrem(taken_here, 1, message)
                pipeline.rpush(self.keys.candidates, *unknown)
                pipeline.execute()
        return []

    def _next(self) -> Any:
        return self.client.lmove(self.keys.candidates, self.keys.taken(self.name), "LEFT", "RIGHT")

    def _reap(self) -> None:
        """Move what dead workers had to the candidates."""
        members: Any = self.client.smembers(self.keys.workers)
        workers = {worker.decode(errors="replace"): worker for worker in members}
        for dead in self.dead(set(workers)):
            self._give_back(self.keys.taken(dead))
            self.client.srem(self.keys.workers, workers[dead])

    def _give_back(self, taken: str) -> None:
        while self.client.lmove(taken, self.keys.candidates, "LEFT", "RIGHT"):
            pass


class RedisListTransport(RedisTransport):
    """One list of tasks for all workers, one list of outcomes.

    Options: prefetch (messages a worker takes at once, at most, 1 to 10000; default 128; redis-py has no such option).
    """

    traits = Traits(
        name="redis-list",
        server="redis",
        guarantees=SAFE_ALONE,
        level_settings={
            Safety.FAST: "BLPOP; a private server writes nothing to disk",
            Safety.DEFAULT: "BLPOP; append-only file synced every second",
            Safety.SAFE: (
                "BLMOVE to a list of the worker's, and LREM after the outcome was sent; what a dead worker had is "
                "delivered again, one message at a time; after three deaths a message is a dead letter; append-only "
                "file synced before each reply"
            ),
        },
        options_type=BrokerOptions,
        resumable=True,
    )

    def __init__(self, options: Any, safety: Safety, server_address: str = "") -> None:
        super().__init__(options, safety, server_address)
        self.redelivery = REAPED_WITHIN if safety is Safety.SAFE else 0.0

    def inbox(self, url: str, run: str, reference: str) -> Inbox:
        """Return an inbox that moves messages, at the safe level, else one that pops them."""
        kind = SafeListInbox if self.safety is Safety.SAFE else ListInbox
        return kind(url, Keys(run), reference, self.options.prefetch)

    def add_send(self, commands: Commands, messages: Sequence[bytes]) -> None:
        """RPUSH all with one command; each is an item."""
        commands.add(b"RPUSH", self.tasks, items=messages)

    def send_replies(self, replies: Sequence[Any], messages: int) -> Sequence[Any]:
        """Return the one reply for each message."""
        return [replies[0]] * messages
