"""Parts of Celery that a setting can replace by name: what a careful operator would write for speed, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from celery.backends.rpc import RPCBackend
from kombu.transport import redis


class OneClient(redis.Channel):  # type: ignore[misc]
    """Sends all commands through one client; kombu makes one for each message, and for its acknowledgement."""

    _kept: Any = None

    @contextmanager
    def conn_or_acquire(self, client: Any = None) -> Iterator[Any]:
        """Return a context with a client."""
        if client is None:
            if self._kept is None or self._kept.connection_pool is not self.pool:
                self._kept = self.Client(connection_pool=self.pool)
            client = self._kept
        yield client


class RedisTransport(redis.Transport):  # type: ignore[misc]
    """`broker_transport = "handwritten.celery_parts:RedisTransport"`."""

    Channel = OneClient


class ReplyQueueOnce(RPCBackend):  # type: ignore[misc]
    """`result_backend = "handwritten.celery_parts:ReplyQueueOnce"`: declares the queue of results once."""

    _declared = False

    def on_task_call(self, producer: Any, task_id: str) -> None:
        """Declare it, and wait for the answer, which Celery does for each task."""
        if not self._declared:
            super().on_task_call(producer, task_id)
            self._declared = True
