"""redis-get-set, -incr, -watch, -lua, -lock: a counter under a key of Redis."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any, ClassVar

import redis
from msgspec import Meta

from brokers.redis.connection.client import connect, translate_errors
from brokers.redis.counters import IncrCounter, LockCounter, LuaCounter, RedisCounter, WatchCounter, number_in
from brokers.server_state import ServerState
from crossover.contract.counters import Counter
from crossover.contract.options import Options
from crossover.contract.traits import StateTraits

CLEANUP_ANSWER_WITHIN = 2.0  # seconds


class RedisGetSet(ServerState):
    """A key that workers GET and SET."""

    traits = StateTraits(name="redis-get-set", server="redis")
    counter_type: ClassVar[type[RedisCounter]] = RedisCounter

    _client: Any = None

    def open(self) -> None:
        """Set the key to 0."""
        self._prefix = f"crossover:{self.run}:"
        with translate_errors(self.at.url):
            self._client = connect(self.at.url, f"{self._prefix}producer")
            self._client.set(f"{self._prefix}counter", 0)

    def counter(self) -> Counter:
        """Return a worker's side."""
        return self.counter_type(self.at.url, self._prefix)

    def read(self) -> int:
        """GET the value."""
        with translate_errors(self.at.url):
            return number_in(self._client.get(f"{self._prefix}counter"))

    def close(self) -> bool:
        """Remove the run's keys, and disconnect; return whether that worked."""
        client, self._client = self._client, None
        if client is None:
            return True
        removed = False
        with suppress(redis.RedisError), client:
            with connect(self.at.url, f"{self._prefix}end", CLEANUP_ANSWER_WITHIN) as fresh:
                fresh.unlink(f"{self._prefix}counter", f"{self._prefix}lock")
            removed = True
        return removed


class RedisIncr(RedisGetSet):
    """A key that workers INCR."""

    traits = StateTraits(
        name="redis-incr", made_safe_by="INCR, one command", safe=True, without="redis-get-set", server="redis"
    )
    counter_type = IncrCounter


class RedisWatch(RedisGetSet):
    """A key that workers WATCH, and set in MULTI."""

    traits = StateTraits(
        name="redis-watch", made_safe_by="WATCH and MULTI", safe=True, without="redis-get-set", server="redis"
    )
    counter_type = WatchCounter


class RedisLua(RedisGetSet):
    """A key that a Lua script changes."""

    traits = StateTraits(
        name="redis-lua", made_safe_by="a script, one command", safe=True, without="redis-get-set", server="redis"
    )
    counter_type = LuaCounter


class LockOptions(Options, frozen=True):
    """How redis-py's Lock waits.

    Attributes:
        sleep: seconds until a worker that found it taken tries again; the default is redis-py's.
    """

    allowed: ClassVar[Mapping[str, str]] = {"sleep": "0.0001 to 1 (seconds)"}
    sleep: Annotated[float, Meta(ge=0.0001, le=1)] = 0.1


class RedisLock(RedisGetSet):
    """A key that workers change under a lock in the same Redis."""

    traits = StateTraits(
        name="redis-lock",
        made_safe_by="redis-py's Lock",
        safe=True,
        without="redis-get-set",
        server="redis",
        options_type=LockOptions,
    )

    def counter(self) -> Counter:
        """Return a worker's side."""
        return LockCounter(self.at.url, self._prefix, self.options.sleep)
