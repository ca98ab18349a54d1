"""A message to every `crossover worker` that listens at a Redis, and its answers: a channel, of which nothing stays."""

from __future__ import annotations

import uuid
from contextlib import suppress
from typing import Any

import redis

from brokers.redis.connection.client import connect, translate_errors
from brokers.servers.registry import server_kind
from crossover.contract.errors import BrokenError
from crossover.contract.system import Clock

PING_AFTER = 10.0  # seconds of silence
GIVEN_UP_AFTER = 20.0  # seconds of silence, after which the connection is taken for lost


class _Subscriber:
    """A connection that hears a channel.

    Args:
        url: of the server.
        name: of its connections.
        channel: that it hears.
    """

    def __init__(self, url: str, name: str, channel: str) -> None:
        self._url = url
        self._heard_at = self._pinged_at = Clock.monotonic()
        self._client = connect(url, name)
        self._subscription = self._client.pubsub()  # type: ignore[no-untyped-call]
        try:
            with translate_errors(url):
                self._subscription.subscribe(channel)
                self._subscription.get_message(timeout=None)  # it is subscribed
        except BaseException:
            self.close()
            raise

    def receive(self, timeout: float) -> bytes | None:
        """Return a message; after a number of seconds, None.

        Raises:
            BrokenError: the connection is lost.
        """
        deadline = Clock.monotonic() + timeout
        while True:
            now = Clock.monotonic()
            with translate_errors(self._url):
                if now - max(self._heard_at, self._pinged_at) > PING_AFTER:
                    self._pinged_at = now
                    self._subscription.ping()
                found: Any = self._subscription.get_message(timeout=max(0.0, deadline - now))
            now = Clock.monotonic()
            if found is not None:
                self._heard_at = now
                if found["type"] == "message":
                    message: bytes = found["data"]
                    return message
            elif now - self._heard_at > GIVEN_UP_AFTER:
                raise BrokenError(f"Redis: no answer within {GIVEN_UP_AFTER:.0f} s")
            if now >= deadline:
                return None

    def publish(self, channel: str, message: bytes) -> int:
        """Send a message; return how many hear it.

        Raises:
            BrokenError: the connection is lost.
        """
        with translate_errors(self._url):
            heard_by: Any = self._client.publish(channel, message)
        return int(heard_by)

    def close(self) -> None:
        """Disconnect."""
        with suppress(redis.RedisError):
            self._subscription.close()
        with suppress(redis.RedisError):
            self._client.close()


class RedisCaller(_Subscriber):
    """The producer's side.

    Args:
        url: of the server.
        queue: of the workers.
    """

    def __init__(self, url: str, queue: str) -> None:
        self.reply_to = f"crossover:answers:{uuid.uuid4().hex}"
        self._channel = workers_channel(url, queue)
        super().__init__(url, "crossover:caller", self.reply_to)

    def send(self, message: bytes) -> int:
        """Send to all workers; return how many hear it."""
        return self.publish(self._channel, message)


class RedisListener(_Subscriber):
    """The worker's side.

    Args:
        url: of the server.
        queue: of the workers.
    """

    def __init__(self, url: str, queue: str) -> None:
        super().__init__(url, "crossover:worker", workers_channel(url, queue))

    def reply(self, reply_to: str, message: bytes) -> None:
        """Send an answer."""
        self.publish(reply_to, message)


def workers_channel(url: str, queue: str) -> str:
    """Return the channel that the workers of a queue hear; channels are the same in all databases, queues are not."""
    return f"crossover:workers:{server_kind('redis').namespace(url)}:{queue}"
