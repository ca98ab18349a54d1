"""redis-stream: calls in a stream that all workers read as one group, outcomes in a list of each executor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

import redis

from crossover.jobs.remote.job_queue import Answer, Delivery, Sending
from crossover.jobs.remote.redis import stream_scripts as scripts
from crossover.jobs.remote.redis.consumer import RedisIntake, fields_of
from crossover.jobs.remote.redis.keys import KEPT_FOR, LibraryClient
from crossover.jobs.remote.redis.producer import RedisJobQueue
from crossover.jobs.remote.redis.stream_scripts import GROUP, POOL

MOST_LEFT = 100  # calls of dead workers that are looked at in one command


class RedisStreamQueue(RedisJobQueue):
    """The producer's side.

    Args:
        url, name, safety, lease: as in RedisJobQueue.
    """

    def send_calls(self, client: LibraryClient, calls: Sequence[Sending]) -> list[Any]:
        """XADD calls."""
        entries: list[Any] = client.run(scripts.SEND, [self.keys.calls], self.reply_to, *chain.from_iterable(calls))
        return entries

    def withdraw_calls(self, client: LibraryClient, tags: Sequence[Any]) -> list[Any]:
        """XDEL those calls that no worker has taken."""
        taken_back: list[Any] = client.run(scripts.WITHDRAW, [self.keys.calls], *tags)
        return taken_back

    def find_lost(self, client: LibraryClient, sent: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """Find the calls whose entries are gone without an outcome, and, at most levels, those of dead workers."""
        number_of = {entry: number for number, entry in sent.items()}
        keys = [self.keys.calls, self.keys.replies(self.reply_to)]
        gone, died = client.run(scripts.LOST, keys, int(self.lease * 1_000), self.on_death, *number_of)
        for entry in gone:
            yield number_of[entry], self.why_gone
        for entry in died:
            yield number_of[entry], self.why_dead

    def discard(self, client: LibraryClient, sent: dict[str, Any]) -> None:
        """XACK and XDEL calls."""
        client.run(scripts.DISCARD, [self.keys.calls], *sent.values())

    def count_workers(self, client: LibraryClient) -> int:
        """Count the consumers in the group that are not idle for longer than the lease."""
        try:
            consumers: Any = client.redis.xinfo_consumers(self.keys.calls, GROUP)
        except redis.ResponseError:  # there is no stream, or no group: no worker has ever been there
            return 0
        return sum(one["name"] != POOL.encode() and one["idle"] <= self.lease * 1_000 for one in consumers)

    def remove_keys(self, client: LibraryClient) -> None:
        """Remove the keys of this executor, and the stream if nobody uses it."""
        client.run(scripts.CLOSE, self.own_keys, int(self.lease * 1_000))


class RedisStreamIntake(RedisIntake):
    """The worker's side: a consumer of the group. A tag is the id of an entry.

    Args:
        url, name, lease: as in RedisIntake.
    """

    def join(self, client: LibraryClient) -> None:
        """Create the group, and a consumer in it."""
        try:
            client.redis.xgroup_create(self.keys.calls, GROUP, id="0", mkstream=True)
        except redis.ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise
        client.redis.xgroup_createconsumer(self.keys.calls, GROUP, self.name)

    def take_new(self, client: LibraryClient, room: int, block: float) -> list[Delivery]:
        """XREADGROUP."""
        return self._read(client, ">", room, int(block * 1_000) or None)

    def take_left(self, client: LibraryClient, room: int) -> list[tuple[Delivery, int]]:
        """XCLAIM calls that were given back, and those of dead workers."""
        arguments = self.name, self.lease, min(room, MOST_LEFT), self.keys.prefix, KEPT_FOR
        try:
            left = client.run(scripts.TAKE_LEFT, [self.keys.calls], *arguments)
        except redis.ResponseError as error:
            self._join_again(client, error)
            return []
        return [(_delivery(entry, fields_of(fields), deaths > 0), deaths) for entry, fields, deaths in left]

    def take_unknown(self, client: LibraryClient) -> list[Delivery]:
        """XREADGROUP what is pending for this consumer."""
        return [one for one in self._read(client, "0", None, None) if one.tag not in self.held]

    def finish(self, client: LibraryClient, answers: Sequence[Answer]) -> None:
        """RPUSH, XACK and XDEL; nothing for a call that was acknowledged before."""
        arguments: list[Any] = [self.keys.prefix, KEPT_FOR]
        for delivery, reply in answers:
            arguments += delivery.tag, delivery.reply_to, reply
        client.run(scripts.REPLY, [self.keys.calls], *arguments)

    def store(self, client: LibraryClient, delivery: Delivery, reply: bytes) -> None:
        """RPUSH."""
        to = delivery.reply_to
        client.run(scripts.BEGUN, [self.keys.replies(to), self.keys.executor(to)], reply, KEPT_FOR)

    def return_calls(self, client: LibraryClient, deliveries: Sequence[Delivery]) -> None:
        """XCLAIM calls for no worker, idle for long enough to be claimed at once."""
        client.run(scripts.GIVE_BACK, [self.keys.calls], self.name, *(one.tag for one in deliveries))

    def renew(self, client: LibraryClient) -> None:
        """XCLAIM what it holds."""
        if held := self.held.copy():
            with suppress(redis.ResponseError):  # the stream is gone
                client.run(scripts.BEAT, [self.keys.calls], self.name, *held)

    def leave(self, client: LibraryClient) -> None:
        """Give back, and leave the group; the stream is removed if nobody uses it."""
        with suppress(redis.ResponseError):  # the stream is gone
            client.run(scripts.LEAVE, [self.keys.calls], self.name, self.lease)

    def _read(self, client: LibraryClient, after: str, count: int | None, block: int | None) -> list[Delivery]:
        try:
            streams: Any = client.redis.xreadgroup(GROUP, self.name, {self.keys.calls: after}, count, block)
        except redis.ResponseError as error:
            self._join_again(client, error)
            return []
        return [_delivery(entry, fields) for entry, fields in (streams[0][1] if streams else ()) if fields]

    def _join_again(self, client: LibraryClient, error: redis.ResponseError) -> None:
        """Create the group again where the server has lost it, or nobody used it."""
        if not (str(error).startswith(("NOGROUP", "UNBLOCKED")) or "no longer exists" in str(error)):
            raise error
        self.join(client)


def _delivery(entry: bytes, fields: dict[bytes, bytes], redelivered: bool = False) -> Delivery:  # noqa: FBT001, FBT002
    to, number = fields.get(b"to", b"").decode(errors="replace"), fields.get(b"n", b"").decode(errors="replace")
    return Delivery(fields.get(b"m", b""), to, number, entry, redelivered)
