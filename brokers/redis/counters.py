"""Counters under a key of Redis, as workers change them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import redis
from redis.exceptions import LockError

from brokers.redis.connection.client import broken_error, check_connection, connect, translate_errors
from crossover.contract.counters import GIVEN_UP_AFTER, TRIES, NotAddedError, ReadThenWrite, counter_value
from crossover.contract.errors import BrokenError

LEASE = 10.0  # seconds after which the lock of a dead worker is free again
ADD_ONE = "local value = redis.call('GET', KEYS[1]) + 1; redis.call('SET', KEYS[1], value); return value"


class RedisCounter(ReadThenWrite):
    """GET, then SET: two commands. Updates of other workers between them are lost.

    Args:
        url: of the server.
        prefix: of the run's keys.
    """

    client: Any
    _began = False

    def __init__(self, url: str, prefix: str) -> None:
        self._url = url
        self.prefix = prefix
        self.key = f"{prefix}counter"

    def open(self) -> None:
        """Connect."""
        with translate_errors(self._url):
            self.client = connect(self._url, f"{self.prefix}worker", unchecked=True)
            self.client.ping()

    def read(self) -> int:
        """GET the value."""
        return number_in(self.client.get(self.key))

    def write(self, value: int) -> None:
        """SET the value."""
        self.client.set(self.key, value)

    def add(self) -> int:
        """Add 1; redis-py's errors become BrokenError."""
        try:
            if not self._began:  # it may have waited for other workers for longer than the server allows
                check_connection(self.client)
                self._began = True
            return self.add_one()
        except redis.RedisError as error:
            raise broken_error(self._url, error) from error

    def add_one(self) -> int:
        """Read, then write."""
        return super().add()

    def close(self) -> None:
        """Disconnect."""
        self.client.close()


class IncrCounter(RedisCounter):
    """INCR: one command, and Redis runs one at a time."""

    def add_one(self) -> int:
        """INCR the value."""
        return int(self.client.incr(self.key))


class WatchCounter(RedisCounter):
    """WATCH, GET, MULTI, SET, EXEC: nothing is set if another worker has set it meanwhile; then it is tried again."""

    def add_one(self) -> int:
        """Try until no other worker was faster."""
        with self.client.pipeline() as pipeline:
            for _ in range(TRIES):
                with suppress(redis.WatchError):
                    pipeline.watch(self.key)
                    value = number_in(pipeline.get(self.key)) + 1
                    pipeline.multi()
                    pipeline.set(self.key, value)
                    pipeline.execute()
                    return value
                self.retries += 1
        raise NotAddedError(f"WATCH: others were faster {TRIES:,} times")


class LuaCounter(RedisCounter):
    """GET and SET in a Lua script, which Redis runs as one command."""

    def open(self) -> None:
        """Connect, and register the script."""
        super().open()
        self._script = self.client.register_script(ADD_ONE)

    def add_one(self) -> int:
        """Run the script."""
        return int(self._script(keys=[self.key]))


class LockCounter(RedisCounter):
    """GET and SET under redis-py's Lock: a worker that finds it taken sleeps, then tries again.

    Args:
        url, prefix: as in RedisCounter.
        sleep: seconds between two tries.
    """

    def __init__(self, url: str, prefix: str, sleep: float) -> None:
        super().__init__(url, prefix)
        self._sleep = sleep

    def open(self) -> None:
        """Connect, and create the lock."""
        super().open()
        self._lock = self.client.lock(
            f"{self.prefix}lock", timeout=LEASE, sleep=self._sleep, blocking_timeout=GIVEN_UP_AFTER
        )

    def add_one(self) -> int:
        """Read, then write, while holding the lock."""
        if not self._lock.acquire():
            raise NotAddedError(f"the lock was not acquired within {GIVEN_UP_AFTER:g} s")
        value = super().add_one()
        try:
            self._lock.release()
        except LockError as error:
            raise BrokenError(f"the lock was lost before it was released: held longer than {LEASE:.0f} s") from error
        return value


def number_in(found: Any) -> int:
    """Return the number in the answer to GET.

    Raises:
        BrokenError: the key does not exist, or holds no number.
    """
    if found is None:
        raise BrokenError("the key is gone")
    return counter_value(found)
