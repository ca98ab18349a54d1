"""A connection to Redis for many commands in one round trip: redis-py's, with commands that are packed here.

redis-py's pipeline takes six times as long for each command: it builds, packs and parses each one by itself, and takes
its connection from a pool for each round trip.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import redis
from redis.exceptions import ResponseError

from brokers.redis.connection.client import connect
from crossover.contract.system import Clock

QUIET = 200_000  # nanoseconds without an exchange, after which to look whether the server has closed the connection


class Commands:
    """Commands in the protocol of Redis (RESP): each is an array of strings."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, *words: bytes, items: Iterable[bytes] = ()) -> None:
        """Add a command: its name and arguments.

        Args:
            words: the first of them.
            items: those that follow.
        """
        words = (*words, *items)
        self._pieces.append(b"*%d\r\n" % len(words))
        for word in words:
            self._pieces += (b"$%d\r\n" % len(word), word, b"\r\n")  # joined later: a large one is copied once
        self._count += 1

    def add_each(self, *words: bytes, items: Iterable[bytes]) -> None:
        """Add a command for each item, which is its last argument."""
        begin = b"*%d\r\n%b$" % (len(words) + 1, b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words))
        for item in items:
            self._pieces += (begin + b"%d\r\n" % len(item), item, b"\r\n")
            self._count += 1

    def packed(self) -> bytes:
        """Return all of them, as they are sent."""
        return b"".join(self._pieces)


class RedisConnection:
    """One connection.

    Args:
        url, name, within: as for `connect`.
    """

    def __init__(self, url: str, name: str) -> None:
        self._client = connect(url, name)
        self._connection: Any = None  # the pool's, while it is in use here
        self._awaited = 0  # replies
        self._answered_at = 0

    @property
    def client(self) -> redis.Redis:
        """redis-py's client, for single commands over the same connection; replies that were not read are dropped."""
        if self._awaited:  # the next command would take them for its own
            with suppress(redis.RedisError):  # the next command notices a lost connection
                self.read()
        self._release()
        return self._client

    def exchange(self, commands: Commands) -> list[Any]:
        """Send commands, and return the reply to each, as `send` and `read` do."""
        self.send(commands)
        return self.read()

    def send(self, commands: Commands) -> None:
        """Send commands; the replies are read later.

        Raises:
            redis.RedisError: the connection is lost.
        """
        if not self._awaited and Clock.monotonic_ns() - self._answered_at > QUIET:
            self._release()
        connection = self._connection or self._take()
        self._awaited += len(commands)
        try:
            connection.send_packed_command([commands.packed()])
        except BaseException:
            self._give_up()
            raise

    def read(self) -> list[Any]:
        """Return the reply to each command that was sent, as it came; where Redis replies with an error, that error.

        Raises:
            redis.RedisError: the connection is lost, or there is no reply in time.
        """
        read, replies = self._connection.read_response, list[Any]()
        try:
            for _ in range(self._awaited):
                try:
                    replies.append(read())
                except ResponseError as error:
                    replies.append(error)
        except BaseException:
            self._give_up()
            raise
        self._awaited = 0
        self._answered_at = Clock.monotonic_ns()
        return replies

    def _give_up(self) -> None:
        self._awaited = 0
        self._connection.disconnect()  # what it would still bring are replies to what was sent

    def close(self) -> None:
        """Disconnect."""
        if self._awaited:
            self._give_up()
        self._release()
        self._client.close()

    def _take(self) -> Any:
        """Take the pool's connection, which looks whether the server has closed it, and connects again if so."""
        self._connection = self._client.connection_pool.get_connection()
        return self._connection

    def _release(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._client.connection_pool.release(connection)


def raise_first_error(replies: Iterable[Any]) -> None:
    """Raise the first error with which Redis has replied.

    Raises:
        redis.ResponseError: there is one.
    """
    for reply in replies:
        if isinstance(reply, Exception):
            raise reply
