"""Results of Celery tasks in Redis: one key each, announced through publish and subscribe."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from brokers.celery.results import Result, ResultBackend, Sent, inherited

FREE_AT = 256  # received results that one command removes
POLL_EVERY = 1.0  # seconds between two looks, and the age from which a result is looked for
POLL_MOST = 256  # results looked for at once, the oldest ones
SCAN_MOST = 1_024  # keys of an earlier producer read at once


class RedisResults(ResultBackend):
    """Results in Redis.

    Celery learns of a result by subscribing to its key just before it sends the task, without waiting for the reply,
    over another connection. Where the connection of the task is faster, the result is announced before anything
    listens, and never again (seen through a proxy in front of Redis, once in some thousand tasks). So we also poll.
    """

    def __init__(self, app: Any, outstanding: Mapping[str, Sent], take: Callable[[Result], Any]) -> None:
        super().__init__(app, outstanding, take)
        self._received: list[bytes] = []  # keys
        self._polled = time.monotonic()
        self._inherits = False

    def inherit(self) -> None:
        """Scan for results of the earlier producer with each look."""
        self._inherits = True

    def taken(self, task: str) -> None:
        """Take note that the result of a task has been received."""
        self._received.append(self._app.backend.get_key_for_task(task))

    def poll(self, now: float) -> None:
        """Look for results that were not announced, once a second."""
        if now - self._polled <= POLL_EVERY:
            return
        self._polled = now
        backend = self._app.backend
        oldest = islice(self._outstanding.items(), POLL_MOST)
        keys = [backend.get_key_for_task(task) for task, sent in oldest if now - sent.at > POLL_EVERY]
        for found in filter(None, backend.client.mget(keys) if keys else ()):
            backend.result_consumer.on_state_change(backend.decode_result(found), None)
        if self._inherits:
            for result in self._scan():
                self._take(result)

    def free(self) -> None:
        """Remove received results from Redis, many at a time."""
        if len(self._received) >= FREE_AT:
            self._app.backend.client.unlink(*self._received)
            self._received.clear()

    def remove(self) -> None:
        """Remove all results of this producer, received or not."""
        backend = self._app.backend
        if keys := self._received + [backend.get_key_for_task(task) for task in self._outstanding]:
            backend.client.unlink(*keys)

    def _scan(self) -> Iterator[Result]:
        """Take results that belong to no task of this producer."""
        backend = self._app.backend
        ours = {*self._received, *map(backend.get_key_for_task, self._outstanding)}
        found = backend.client.scan_iter(backend.task_keyprefix + b"*", count=SCAN_MOST)
        while keys := list(islice((key for key in found if key not in ours), SCAN_MOST)):
            for value in filter(None, backend.client.mget(keys)):
                yield inherited(backend.decode_result(value))
            backend.client.unlink(*keys)
