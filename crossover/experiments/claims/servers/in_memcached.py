"""A counter, a lock, a semaphore and an event in memcached, which has no queue."""

from __future__ import annotations

import math
import time
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from pymemcache.client.base import Client

from crossover.experiments.claims.servers.in_server import DEADLINE, EXPIRES, PAUSE, InServer

PORT = 11211


def connect(url: str) -> Any:
    """Return a client that waits for each answer.

    Args:
        url: memcached://host:port or unix:///path
    """
    parts = urlsplit(url)
    server = unquote(parts.path) if parts.scheme == "unix" else (parts.hostname, parts.port or PORT)
    return Client(server, connect_timeout=DEADLINE, timeout=DEADLINE, no_delay=True, default_noreply=False)


class InMemcached(InServer):
    """What lies in memcached, under its name and names that begin with it."""

    kind = "memcached"
    connect = staticmethod(connect)

    def create(self) -> None:
        """Prepare it, before any process uses it."""

    def remove(self) -> None:
        """Remove it, and disconnect."""
        self.client.delete_many([self.name, f"{self.name}-fence"])
        self.close()


class Counter(InMemcached):
    """A counter: incr adds 1 in the server."""

    def create(self) -> None:
        """Begin with 0: incr does not."""
        self.client.set(self.name, "0", expire=EXPIRES)

    def add(self) -> None:
        """Add 1."""
        self.client.incr(self.name, 1)

    def value(self) -> int:
        """Return what has been counted."""
        return int(self.client.get(self.name))


class Lock(InMemcached):
    """An item that only one can add; it ends with its lease, and only its holder can end it before."""

    token = ""

    def acquire(self, *, timeout: float) -> bool:
        """Return whether we got it in time."""
        self.token = uuid4().hex
        deadline = time.monotonic() + timeout
        while not self.client.add(self.name, self.token, expire=math.ceil(self.lease)):  # whole seconds
            if time.monotonic() >= deadline:
                return False
            time.sleep(PAUSE)
        return True

    def release(self) -> None:
        """Let the item expire at once, if it is still ours: it may be that of the next holder."""
        token, version = self.client.gets(self.name)
        if token == self.token.encode():
            self.client.cas(self.name, "", version, expire=-1)

    def fencing_token(self) -> int:
        """Return a number greater than that of every holder before; 0 if the lock is no longer ours."""
        self.client.add(f"{self.name}-fence", "0", expire=EXPIRES)
        number = self.client.incr(f"{self.name}-fence", 1)
        return int(number) if self.client.get(self.name) == self.token.encode() else 0


class Semaphore(InMemcached):
    """As many locks as there are places: who has one of them is inside.

    Args:
        name: its own.
        places: how many.
    """

    def __init__(self, name: str, places: int) -> None:
        super().__init__(name)
        self.locks = [Lock(f"{name}-{place}") for place in range(places)]
        self._inside: list[Lock] = []

    def acquire(self, *, timeout: float) -> bool:
        """Return whether we got a place in time."""
        for lock in self.locks:
            lock.lease = self.lease
        deadline = time.monotonic() + timeout
        while not (free := next((lock for lock in self.locks if lock.acquire(timeout=0)), None)):
            if time.monotonic() >= deadline:
                return False
            time.sleep(PAUSE)
        self._inside.append(free)
        return True

    def release(self) -> None:
        """Leave our place."""
        self._inside.pop().release()

    def close(self) -> None:
        """Disconnect this process from all places."""
        for lock in self.locks:
            lock.close()

    def remove(self) -> None:
        """Remove all places, and disconnect."""
        for lock in self.locks:
            lock.remove()


class Event(InMemcached):
    """An item that says that it is set: who waits has to look again and again."""

    def listen(self) -> None:
        """Do nothing: memcached tells nobody."""

    def set(self) -> None:
        """Set it."""
        self.client.set(self.name, "set", expire=EXPIRES)

    def wait(self, timeout: float) -> bool:
        """Return whether it was set in time."""
        deadline = time.monotonic() + timeout
        while self.client.get(self.name) is None:
            if time.monotonic() >= deadline:
                return False
            time.sleep(PAUSE)
        return True

    def clear(self) -> None:
        """Set it back."""
        self.client.delete(self.name)
