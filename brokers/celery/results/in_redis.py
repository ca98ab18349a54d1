"""How the producer receives results from Redis: announced, as Celery does it, or fetched, which costs less."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from celery.states import READY_STATES

from brokers.celery.results.backend import OutstandingMessage, Receive, Result, ResultBackend, inherited
from crossover.contract.system import Clock

REMOVE_AT = 256  # received results that one command removes
POLL_EVERY = 1.0  # seconds between two looks, and the age from which a result is looked for
POLL_MOST = 256  # results looked for at once
SCAN_MOST = 1_024  # keys of an earlier producer read at once
FETCH_SOON, FETCH_LATE, LONGER = 0.001, 0.016, 1.5  # seconds between two fetches that find nothing, and how they grow


class RedisResults(ResultBackend):
    """Results that Redis announces.

    Celery learns of a result by subscribing to its key just before it sends the task, without waiting for the reply,
    over another connection. Where the connection of the task is faster, the result is announced before anything
    listens, and never again (seen through a proxy in front of Redis, once in some thousand tasks). So we also poll.
    """

    def __init__(self, app: Any, outstanding: Mapping[str, OutstandingMessage], take: Callable[[Result], Any]) -> None:
        super().__init__(app, outstanding, take)
        self._received: list[bytes] = []  # keys
        self._polled = Clock.monotonic()
        self._inherits = False

    def inherit(self) -> None:
        """Scan for results of the earlier producer with each look."""
        self._inherits = True

    def received(self, task: str) -> None:
        """Take note that the result of a task has been received."""
        self._received.append(self._app.backend.get_key_for_task(task))

    def poll(self, now: float) -> None:
        """Look for results that were not announced, once a second."""
        if now - self._polled <= POLL_EVERY:
            return
        self._polled = now
        self.look(now)
        if self._inherits:
            for result in self._scan():
                self._take(result)

    def look(self, now: float) -> None:
        """Look for the oldest results that have not come for a second."""
        backend = self._app.backend
        oldest = islice(self._outstanding.items(), POLL_MOST)
        for _, meta in self.stored(task for task, sent in oldest if now - sent.at > POLL_EVERY):
            backend.result_consumer.on_state_change(meta, None)

    def stored(self, tasks: Iterable[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Return which results are stored: task and result, as Celery expects it.

        Args:
            tasks: ids.
        """
        backend = self._app.backend
        ids = list(tasks)
        values = backend.client.mget(map(backend.get_key_for_task, ids)) if ids else ()
        return ((task, backend.decode_result(value)) for task, value in zip(ids, values, strict=True) if value)

    def remove_received(self) -> None:
        """Remove received results from Redis, many at a time."""
        if len(self._received) >= REMOVE_AT:
            self._app.backend.client.unlink(*self._received)
            self._received.clear()

    def remove_all(self) -> None:
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
            for meta in map(backend.decode_result, filter(None, backend.client.mget(keys))):
                if meta["status"] in READY_STATES:
                    yield inherited(meta)
            backend.client.unlink(*keys)


class FetchedResults(RedisResults):
    """Results that are fetched, many with one command. Nothing is subscribed to, so that none can be missed."""

    def __init__(self, app: Any, outstanding: Mapping[str, OutstandingMessage], take: Callable[[Result], Any]) -> None:
        super().__init__(app, outstanding, take)
        app.backend.on_task_call = lambda *_: None  # Celery subscribes
        self._pause = FETCH_SOON
        self._first = 0  # of the outstanding ones, from the oldest
        self._refused: set[str] = set()  # tasks whose results are none

    def expect(self, result: Any, receive: Receive) -> None:
        """Take note of who is to receive it."""
        self._receive = receive
        self._pause = FETCH_SOON

    def look(self, now: float) -> None:
        """Look again, once a second, at what was refused: a worker may have replaced it."""
        self._refused.clear()

    def drain(self, timeout: float) -> None:
        """Fetch what is stored; again and again, less and less often, until something is or the time is over."""
        end = Clock.monotonic() + timeout
        while not self._fetch() and (left := end - Clock.monotonic()) > 0:
            time.sleep(min(self._pause, left))
            self._pause = min(self._pause * LONGER, FETCH_LATE)

    def _fetch(self) -> bool:
        """Look at the next ones; at the oldest again once something was found, or all were looked at."""
        tasks = list(islice(self._outstanding, self._first, self._first + POLL_MOST))
        found = list(self.stored(task for task in tasks if task not in self._refused))
        for task, meta in found:
            if meta["task_id"] == task and meta["status"] in READY_STATES:
                self._receive(task, meta["result"])
            else:
                self._refused.add(task)
        self._first = 0 if found or len(tasks) < POLL_MOST else self._first + POLL_MOST
        if found:
            self._pause = FETCH_SOON
        return bool(found)
