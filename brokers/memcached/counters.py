"""Counters under a key of memcached, as workers change them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pymemcache.exceptions import MemcacheError

from brokers.memcached.client import SCHEMES, connect
from brokers.servers.addresses.urls import host_and_port
from crossover.contract.counters import TRIES, NotAddedError, ReadThenWrite, counter_value
from crossover.contract.errors import BrokenError
from crossover.contract.text import readable

EXPIRES = 3_600  # seconds; then memcached removes what a killed run has left


@contextmanager
def translate_errors(url: str) -> Iterator[None]:
    """Turn pymemcache's errors into BrokenError.

    Raises:
        BrokenError: the server is down, does not answer, or refuses.
    """
    try:
        yield
    except (OSError, MemcacheError) as error:
        raise broken_error(url, error) from error


def broken_error(url: str, error: Exception) -> BrokenError:
    """Return pymemcache's error as a BrokenError."""
    text = readable(str(error)).partition("\n")[0] or type(error).__name__
    return BrokenError(f"memcached at {host_and_port(url, SCHEMES)}: {text}")


class MemcachedCounter(ReadThenWrite):
    """get, then set: two commands. Updates of other workers between them are lost.

    Every set waits for its reply. pymemcache's default is not to wait; then nothing would be acknowledged.

    Args:
        url: of the server.
        key: of the number.
    """

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self.key = key

    def open(self) -> None:
        """Connect."""
        self.client = connect(self._url)
        with translate_errors(self._url):
            self.client.version()

    def read(self) -> int:
        """Get the value."""
        return number_in(self.client.get(self.key))

    def write(self, value: int) -> None:
        """Set the value."""
        if not self.client.set(self.key, b"%d" % value, EXPIRES, noreply=False):
            raise NotAddedError("memcached did not store it")

    def add(self) -> int:
        """Add 1; pymemcache's errors become BrokenError."""
        try:
            return self.add_one()
        except (OSError, MemcacheError) as error:
            raise broken_error(self._url, error) from error

    def add_one(self) -> int:
        """Read, then write."""
        return super().add()

    def close(self) -> None:
        """Disconnect."""
        self.client.close()


class IncrCounter(MemcachedCounter):
    """incr: one command."""

    def add_one(self) -> int:
        """Incr the value."""
        return number_in(self.client.incr(self.key, 1))


class CasCounter(MemcachedCounter):
    """gets, then cas, which sets only if no other worker has set meanwhile; else it is tried again."""

    def add_one(self) -> int:
        """Try until no other worker was faster."""
        for _ in range(TRIES):
            found, version = self.client.gets(self.key)
            value = number_in(found) + 1
            if self.client.cas(self.key, b"%d" % value, version, EXPIRES):
                return value
            self.retries += 1
        raise NotAddedError(f"cas: others were faster {TRIES:,} times")


def number_in(found: bytes | int | None) -> int:
    """Return the number in the reply to get or incr.

    Raises:
        BrokenError: the key does not exist, or holds no number.
    """
    if found is None:
        raise BrokenError("the key is gone: memcached evicts what it has no room for")
    return counter_value(found)
