"""How workers change a number under a key of memcached."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pymemcache.exceptions import MemcacheError

from brokers.memcached.client import SCHEMES, connect
from brokers.servers.urls import host_and_port
from crossover.contract.counters import TRIES, NotAddedError, ReadThenWrite
from crossover.contract.errors import BrokenError
from crossover.contract.text import readable

EXPIRES = 3_600  # seconds; memcached itself removes what a killed run has left


@contextmanager
def broken(url: str) -> Iterator[None]:
    """Turn the client's errors into ours.

    Raises:
        BrokenError: the server has gone, does not answer, or refuses.
    """
    try:
        yield
    except (OSError, MemcacheError) as error:
        raise gone(url, error) from error


def gone(url: str, error: Exception) -> BrokenError:
    """Return the client's error as one of ours."""
    said = readable(str(error)).partition("\n")[0] or type(error).__name__
    return BrokenError(f"memcached at {host_and_port(url, SCHEMES)}: {said}")


class MemcachedCounter(ReadThenWrite):
    """get, then set: two commands, and whatever comes between them is lost.

    Every set waits for its answer; pymemcache would not, and then nothing were acknowledged.

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
        with broken(self._url):
            self.client.version()

    def read(self) -> int:
        """Get it."""
        return number_in(self.client.get(self.key))

    def write(self, value: int) -> None:
        """Set it."""
        if not self.client.set(self.key, b"%d" % value, EXPIRES, noreply=False):
            raise NotAddedError("memcached did not store it")

    def add(self) -> int:
        """Add, and turn the client's errors into ours."""
        try:
            return self.add_one()
        except (OSError, MemcacheError) as error:
            raise gone(self._url, error) from error

    def add_one(self) -> int:
        """Read, then write."""
        return super().add()

    def close(self) -> None:
        """Disconnect."""
        self.client.close()


class IncrCounter(MemcachedCounter):
    """incr: one command."""

    def add_one(self) -> int:
        """Let memcached add."""
        return number_in(self.client.incr(self.key, 1))


class CasCounter(MemcachedCounter):
    """gets, then cas, which sets only where nobody else has set meanwhile; otherwise it is tried again."""

    def add_one(self) -> int:
        """Try until nobody else was faster."""
        for _ in range(TRIES):
            found, version = self.client.gets(self.key)
            value = number_in(found) + 1
            if self.client.cas(self.key, b"%d" % value, version, EXPIRES):
                return value
            self.retries += 1
        raise NotAddedError(f"cas: others were faster {TRIES:,} times")


def number_in(found: bytes | int | None) -> int:
    """Return the number in an answer.

    Raises:
        BrokenError: there is none.
    """
    if found is None:
        raise BrokenError("the key is gone: memcached throws away what it has no room for")
    return int(found)
