"""memcached-get-set, -incr, -cas: a counter under a key of memcached."""

from __future__ import annotations

from contextlib import closing, suppress
from typing import ClassVar

from pymemcache.exceptions import MemcacheError

from brokers.memcached.client import connect
from brokers.memcached.counters import EXPIRES, CasCounter, IncrCounter, MemcachedCounter, number_in, translate_errors
from brokers.server_state import ServerState
from crossover.contract.counters import Counter
from crossover.contract.traits import StateTraits


class MemcachedGetSet(ServerState):
    """A key that workers get and set."""

    traits = StateTraits(name="memcached-get-set", server="memcached")
    counter_type: ClassVar[type[MemcachedCounter]] = MemcachedCounter

    _key = ""

    def open(self) -> None:
        """Set the key to 0."""
        self._key = f"crossover:{self.run}:counter"
        with translate_errors(self.at.url), closing(connect(self.at.url)) as client:
            client.set(self._key, b"0", EXPIRES, noreply=False)

    def counter(self) -> Counter:
        """Return a worker's side."""
        return self.counter_type(self.at.url, self._key)

    def read(self) -> int:
        """Get the value."""
        with translate_errors(self.at.url), closing(connect(self.at.url)) as client:
            return number_in(client.get(self._key))

    def close(self) -> bool:
        """Remove the key, and return True: a key that cannot be removed expires."""
        client = connect(self.at.url)
        with suppress(OSError, MemcacheError), closing(client):
            if self._key:
                client.delete(self._key, noreply=False)
        return True


class MemcachedIncr(MemcachedGetSet):
    """A key that memcached increments."""

    traits = StateTraits(
        name="memcached-incr",
        made_safe_by="incr, one command",
        safe=True,
        without="memcached-get-set",
        server="memcached",
    )
    counter_type = IncrCounter


class MemcachedCas(MemcachedGetSet):
    """A key that is set only if no other worker has set it meanwhile."""

    traits = StateTraits(
        name="memcached-cas",
        made_safe_by="cas, and trying again",
        safe=True,
        without="memcached-get-set",
        server="memcached",
    )
    counter_type = CasCounter
