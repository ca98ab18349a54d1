"""memcached-get-set, -incr, -cas: a number under a key of memcached."""

from __future__ import annotations

from contextlib import suppress
from typing import ClassVar

from pymemcache.exceptions import MemcacheError

from brokers.memcached_client import connect, facts, unusable
from brokers.memcached_counters import EXPIRES, CasCounter, IncrCounter, MemcachedCounter, broken, number_in
from brokers.sharing import ServerState
from crossover.contract.shared_state import Counter


class MemcachedGetSet(ServerState):
    """A key that workers get and set."""

    name = "memcached-get-set"
    server = "memcached"
    counts: ClassVar[type[MemcachedCounter]] = MemcachedCounter

    @classmethod
    def unusable(cls, place: str = "") -> str | None:
        """Return why no memcached can be used there, or None where one can."""
        return unusable(place)

    def facts(self) -> str:
        """Return version and settings."""
        return facts(self.at.url)

    def open(self) -> None:
        """Set the key to 0."""
        self._key = f"crossover:{self.run}:counter"
        client = connect(self.at.url)
        with broken(self.at.url):
            client.set(self._key, b"0", EXPIRES, noreply=False)
        client.close()

    def counter(self) -> Counter:
        """Return a worker's side."""
        return self.counts(self.at.url, self._key)

    def read(self) -> int:
        """Get it."""
        client = connect(self.at.url)
        with broken(self.at.url):
            found = client.get(self._key)
        client.close()
        return number_in(found)

    def close(self) -> bool:
        """Remove the key; where that fails, memcached does it after an hour, and nothing needs to be noted."""
        client = connect(self.at.url)
        with suppress(OSError, MemcacheError):
            client.delete(self._key, noreply=False)
        client.close()
        return True


class MemcachedIncr(MemcachedGetSet):
    """A key that memcached increments."""

    name = "memcached-incr"
    made_safe_by = "incr, one command"
    safe = True
    without = "memcached-get-set"
    counts = IncrCounter


class MemcachedCas(MemcachedGetSet):
    """A key that is set only where nobody else has set it meanwhile."""

    name = "memcached-cas"
    made_safe_by = "cas, and trying again"
    safe = True
    without = "memcached-get-set"
    counts = CasCounter
