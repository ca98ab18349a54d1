"""A counter, a queue, a lock, a semaphore and an event in Redis."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import redis

from crossover.experiments.claims.servers.in_server import DEADLINE, EXPIRES, PAUSE, InServer

RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"
WRITE = """
if tonumber(ARGV[1]) < tonumber(redis.call('get', KEYS[1]) or 0) then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1
"""


def connect(url: str) -> Any:
    """Return a client; what blocks in the server may take as long as we wait."""
    return redis.Redis.from_url(url, socket_timeout=2 * DEADLINE)


class InRedis(InServer):
    """What lies in Redis, under its name and names that begin with it."""

    kind = "redis"
    connect = staticmethod(connect)

    def create(self) -> None:
        """Prepare it, before any process uses it."""

    def remove(self) -> None:
        """Remove it, and disconnect."""
        self.client.delete(self.name, f"{self.name}-fence")
        self.close()


class Counter(InRedis):
    """A counter: INCR adds 1 in the server."""

    def add(self) -> None:
        """Add 1."""
        self.client.incr(self.name)
        self.client.expire(self.name, EXPIRES)

    def value(self) -> int:
        """Return what has been counted."""
        return int(self.client.get(self.name) or 0)


class Queue(InRedis):
    """A queue: a list."""

    def put(self, item: int) -> None:
        """Put an item at the end."""
        self.client.rpush(self.name, item)
        self.client.expire(self.name, EXPIRES)

    def get(self) -> int:
        """Wait for an item, and take it."""
        _, item = self.client.blpop(self.name, timeout=DEADLINE)
        return int(item)


class Lock(InRedis):
    """A key that only one can set; it ends with its lease, and only its holder can delete it."""

    token = ""

    def acquire(self, *, timeout: float) -> bool:
        """Return whether we got it in time."""
        self.token = uuid4().hex
        deadline = time.monotonic() + timeout
        while not self.client.set(self.name, self.token, nx=True, px=round(1000 * self.lease)):
            if time.monotonic() >= deadline:
                return False
            time.sleep(PAUSE)
        return True

    def release(self) -> None:
        """Delete the key, if it is still ours: it may be that of the next holder."""
        self.client.eval(RELEASE, 1, self.name, self.token)

    def fencing_token(self) -> int:
        """Return a number greater than that of every holder before; 0 if the lock is no longer ours."""
        number = self.client.incr(f"{self.name}-fence")
        self.client.expire(f"{self.name}-fence", EXPIRES)
        return int(number) if self.client.get(self.name) == self.token.encode() else 0


class Semaphore(InRedis):
    """A list with n tokens: who takes one is inside.

    Args:
        name: its own.
        places: n.
    """

    def __init__(self, name: str, places: int) -> None:
        super().__init__(name)
        self.places = places

    def create(self) -> None:
        """Put all tokens."""
        for _ in range(self.places):
            self.release()

    def acquire(self, *, timeout: float) -> bool:
        """Return whether we got a token in time."""
        if not timeout:  # for BLPOP, 0 is for ever
            return self.client.lpop(self.name) is not None
        return self.client.blpop(self.name, timeout=timeout) is not None

    def release(self) -> None:
        """Put a token back."""
        self.client.rpush(self.name, "token")
        self.client.expire(self.name, EXPIRES)  # an empty list is no key, and has forgotten when it expires


class Event(InRedis):
    """A key that says that it is set, and a channel that tells those who wait now."""

    _subscription: Any = None

    def listen(self) -> None:
        """Be told from now on."""
        if self._subscription is not None:
            return
        self._subscription = self.client.pubsub()
        self._subscription.subscribe(self.name)
        self._subscription.get_message(timeout=DEADLINE)  # Redis confirms it

    def set(self) -> None:
        """Set it, and wake all who wait."""
        self.client.set(self.name, 1, ex=EXPIRES)
        self.client.publish(self.name, "set")

    def wait(self, timeout: float) -> bool:
        """Return whether it was set in time."""
        self.listen()
        deadline = time.monotonic() + timeout
        while not self.client.exists(self.name):  # messages are not kept: a late one would miss it
            if (left := deadline - time.monotonic()) <= 0:
                return False
            self._subscription.get_message(timeout=left)
        return True

    def clear(self) -> None:
        """Set it back."""
        self.client.delete(self.name)

    def close(self) -> None:
        """Disconnect this process."""
        if self._subscription is not None:
            self._subscription.close()
        super().close()


class Store(InRedis):
    """Data that a lock protects, twice: one takes every write, the other looks at the fencing token."""

    def write(self, token: int) -> tuple[bool, bool]:
        """Write our token to both; return whether each has taken it."""
        plain = self.client.set(self.name, token, ex=EXPIRES)
        fenced = self.client.eval(WRITE, 1, f"{self.name}-fence", token, EXPIRES)
        return bool(plain), bool(fenced)
