"""The producer's side of Celery: sends messages and receives results."""

from __future__ import annotations

import time
from contextlib import suppress
from itertools import islice
from typing import Any

from brokers.broker_transport import new_run
from brokers.celery import inherited_results
from brokers.celery.client_settings import SEND, SEND_EXTERNAL
from brokers.celery.connection import CeleryConnection
from brokers.celery.result import Result
from brokers.celery.settings import EXTERNAL, TASK, Names
from crossover.contract.safety import Safety

SILENT_FOR = 2.0  # seconds without a result, after which we ask whether the server is still there
FORGET_AT = 256  # results that are removed from Redis with one command
LOOK_AFTER = 1.0  # seconds after which we look for a result that was not announced, and how often we do
LOOK_AT = 256  # results that we look for at once, the oldest


class CeleryProducer:
    """Sends messages and receives results.

    Over Redis, Celery learns of a result by subscribing to its key just before it sends the task, without waiting for
    the answer, over another connection. Where that one is faster, the result is announced before anybody listens, and
    never again: seen through a proxy in front of Redis, once in some thousand tasks. So we also look.

    Attributes:
        line: the connection, for what else is to be said to the workers.

    Args:
        server: redis or rabbitmq.
        url: of the server.
        safety: the level.
        run: the name of the run.
        heir: whether the run had another producer before, whose results are taken, too.

    Raises:
        BrokenError: the server cannot be reached.
    """

    def __init__(self, server: str, url: str, safety: Safety, run: str, *, heir: bool = False) -> None:
        self._redis = server == "redis"
        self._heir = heir
        self._found: list[Result] = []
        self._outstanding: dict[str, tuple[int, int, Any, float]] = {}  # id → first task, tasks, Celery's result, when
        self._used: list[bytes] = []
        self._heard = self._looked = time.monotonic()
        self.line = line = CeleryConnection(server, url, safety, run)
        self._options = {**SEND[server], **(SEND_EXTERNAL if run == EXTERNAL else {})}
        if not self._redis:
            results = Names(run, safety).results
            mine = line.app.backend.oid = results if run != EXTERNAL else f"{results}.{new_run()}"
            self._options["reply_to"] = mine
            if heir:
                with line.carefully():
                    inherited_results.listen(line, self._outstanding, self._found.append)
        self._producer = line.app.amqp.Producer(line.connection, auto_declare=False)

    def send(self, message: bytes, first: int, size: int, reference: str) -> None:
        """Send a message.

        Raises:
            BrokenError: the connection is lost, or the server refuses.
        """
        with self.line.carefully():
            result = self.line.app.send_task(
                TASK,
                (message,),
                producer=self._producer,
                argsrepr=f"({reference!r}, first={first}, size={size})",  # for people, in Flower
                kwargsrepr="{}",
                **self._options,
            )
            self._outstanding[result.id] = first, size, result, time.monotonic()
            result.then(self._take)

    def receive(self, limit: int, timeout: float) -> list[Result]:
        """Return up to `limit` results; wait for the first.

        Raises:
            BrokenError: the connection is lost, or the server does not answer any more.
        """
        found = self._found
        now = time.monotonic()
        end = now + timeout
        with self.line.carefully():
            if self._redis and now - self._looked > LOOK_AFTER:
                self._look(now)
            self._drain(0 if found else timeout)
            while not found and (now := time.monotonic()) < end:
                self._drain(end - now)
            before = 0
            while before < len(found) < limit:
                before = len(found)
                self._drain(0)
            if found:
                self._heard = time.monotonic()
            elif now - self._heard > SILENT_FOR:
                self.line.ask(self._producer)
                self._heard = time.monotonic()
            if len(self._used) >= FORGET_AT:
                self.line.app.backend.client.unlink(*self._used)
                self._used.clear()
        taken = found[:limit]
        del found[:limit]
        return taken

    def revoke(self) -> None:
        """Tell workers that go on not to do what is outstanding; without a word where the server has gone."""
        if self._outstanding and not self.line.lost:
            with suppress(Exception):  # it may be lost, and nobody have noticed yet
                self.line.app.control.revoke(list(self._outstanding), connection=self.line.connection)

    def close(self) -> None:
        """Remove the results from Redis, and disconnect."""
        app, outstanding = self.line.app, list(self._outstanding)
        for _, _, result, _ in self._outstanding.values():
            result.backend = None  # else it unsubscribes, over a new connection
        self._outstanding.clear()
        if not self.line.lost:
            with suppress(Exception):  # it may be lost, and nobody have noticed yet
                if self._redis and (used := self._used + [app.backend.get_key_for_task(task) for task in outstanding]):
                    app.backend.client.unlink(*used)
        self.line.close()

    def _take(self, result: Any) -> None:
        first, size, *_ = self._outstanding.pop(result.id)
        self._found.append(Result(first, size, result.result))
        if self._redis:
            self._used.append(self.line.app.backend.get_key_for_task(result.id))

    def _look(self, now: float) -> None:
        """Take results that are there although nobody has told us."""
        self._looked = now
        backend = self.line.app.backend
        oldest = islice(self._outstanding.items(), LOOK_AT)
        keys = [backend.get_key_for_task(task) for task, (*_, sent) in oldest if now - sent > LOOK_AFTER]
        for found in filter(None, backend.client.mget(keys) if keys else ()):
            backend.result_consumer.on_state_change(backend.decode_result(found), None)
        if self._heir:
            ours = {*self._used, *map(backend.get_key_for_task, self._outstanding)}
            self._found += inherited_results.look(self.line, ours)

    def _drain(self, timeout: float) -> None:
        with suppress(TimeoutError):
            self.line.app.backend.result_consumer.drain_events(timeout)
