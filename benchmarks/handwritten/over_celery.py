"""What a careful person would write with Celery, without crossover: noop, batches, a window, N workers.

Celery's stock settings, as at our default level: JSON, acknowledged early. The application reads its server from the
environment, because `celery -A handwritten.over_celery worker` imports this module.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from celery import Celery
from celery.result import denied_join_result

from handwritten.local import DEADLINE, Batch, drive, run_batch

SETTINGS = "HANDWRITTEN_SETTINGS"
HERE = str(Path(__file__).parents[1])
TASK = "handwritten.over_celery.run"
FETCH_EVERY = 0.002  # seconds

app = Celery("handwritten")
app.conf.update(json.loads(os.environ.get(SETTINGS, "{}")))


@app.task  # type: ignore[untyped-decorator]
def run(batch: Batch) -> Batch:
    """Run each task."""
    return run_batch(batch)


class Way(NamedTuple):
    """A way to use Celery.

    Attributes:
        settings: of the application, on both sides.
        flags: of `celery worker`.
        send: options of each `send_task`.
        later: further ones, from the second task on.
        held: whether all tasks are sent over one producer; else Celery takes one from its pool.
        fetched: whether results are looked for, many at once, over Redis; else each is subscribed to.
        alone: whether each worker process is a `celery worker` of its own.
    """

    settings: Mapping[str, Any] = {}
    flags: Sequence[str] = ()
    send: Mapping[str, Any] = {}
    later: Mapping[str, Any] = {}
    held: bool = False
    fetched: bool = False
    alone: bool = False


HELD = Way(held=True)


class CeleryLoop:
    """Workers, and a producer that drives them.

    Attributes:
        workers: processes of `celery worker`.

    Args:
        broker: URL.
        results: URL, or name of a class.
        workers: worker processes.
        way: how Celery is used.
        name: of its queue.
    """

    def __init__(self, broker: str, results: str, workers: int, way: Way = HELD, name: str = "handwritten") -> None:
        settings = {"broker_url": broker, "result_backend": results, "task_default_queue": name, **way.settings}
        environment = {**os.environ, SETTINGS: json.dumps(settings), "PYTHONPATH": HERE}
        command = [sys.executable, "-m", "celery", "-A", "handwritten.over_celery", "worker", "-l", "ERROR"]
        command += ["-c", str(1 if way.alone else workers), "--without-mingle", "--without-gossip", *way.flags]
        self.workers = [
            subprocess.Popen(
                [*command, "-n", f"{name}-{number}@%h"],
                env=environment,
                cwd=HERE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for number in range(workers if way.alone else 1)
        ]
        self._app = Celery("handwritten", set_as_current=False)
        self._app.conf.update(settings, result_backend_thread_safe=True)
        self._connection = self._app.connection_for_write()
        producer = {"producer": self._app.amqp.Producer(self._connection, auto_declare=False)} if way.held else {}
        self._options = {**way.send, **producer}
        self._later = way.later
        self._fetched = way.fetched
        self._sent: dict[str, Any] = {}
        self._arrived: list[Any] = []

    def drive(self, tasks: int, batch: int, window: int) -> float:
        """Run tasks; return tasks/s."""
        return drive(tasks, batch, window, self._send, self._receive)

    def _send(self, item: Batch) -> None:
        if self._fetched:
            with denied_join_result():  # else it subscribes
                result = self._app.send_task(TASK, (item,), **self._options)
            self._sent[result.id] = result
        else:
            self._app.send_task(TASK, (item,), **self._options).then(self._arrived.append)
        if self._later:
            self._options.update(self._later)

    def _receive(self) -> Batch:
        deadline = time.monotonic() + DEADLINE
        while not self._arrived:
            if time.monotonic() > deadline:
                raise TimeoutError
            if self._fetched:
                self._fetch()
                continue
            with suppress(TimeoutError):
                self._app.backend.result_consumer.drain_events(timeout=1.0)
        result = self._arrived.pop()
        answered: Batch = result.result
        result.forget()  # removes its key, over Redis
        return answered

    def _fetch(self) -> None:
        """Look for all results at once, again and again."""
        backend = self._app.backend
        for found in backend.get_many(list(self._sent), interval=FETCH_EVERY, max_iterations=1):
            self._arrived.append(self._sent.pop(found[0]))

    def stop(self) -> None:
        """End the workers, and disconnect."""
        with suppress(Exception):  # it has not received anything
            self._app.backend.result_consumer.stop()
        self._connection.close()
        self._app.close()
        for worker in self.workers:
            worker.terminate()
        for worker in self.workers:
            worker.wait()


def celery_redis(tasks: int, batch: int, window: int, workers: int, url: str) -> float:
    """Redis for tasks and results; a result's key is removed once it has been read."""
    return _measure(tasks, batch, window, CeleryLoop(url, url, workers))


def celery_rabbitmq(tasks: int, batch: int, window: int, workers: int, url: str) -> float:
    """RabbitMQ for tasks, `rpc://` for results."""
    return _measure(tasks, batch, window, CeleryLoop(url, "rpc://", workers))


def _measure(tasks: int, batch: int, window: int, loop: CeleryLoop) -> float:
    try:
        loop.drive(batch * 20, batch, batch * 2)
        return loop.drive(tasks, batch, window)
    finally:
        loop.stop()


LOOPS = {"celery+redis": celery_redis, "celery+rabbitmq": celery_rabbitmq}
