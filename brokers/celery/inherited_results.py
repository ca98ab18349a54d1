"""Results of messages that an earlier producer of a run has sent: it is dead, and their ids are known to nobody."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from itertools import islice
from typing import Any

from celery.states import READY_STATES

from brokers.celery.connection import CeleryConnection
from brokers.celery.result import Result

LOOK_AT = 1_024  # keys at once


def listen(line: CeleryConnection, ours: Container[str], take: Callable[[Result], Any]) -> None:
    """Take results out of the run's one queue, which RabbitMQ removed when its only consumer died; make it anew.

    Args:
        line: the connection.
        ours: ids that Celery itself waits for.
        take: called with each other result.
    """
    backend = line.app.backend

    def heard(meta: dict[str, Any]) -> None:
        if meta["status"] in READY_STATES and meta["task_id"] not in ours:
            take(_inherited(backend.meta_from_decoded(dict(meta))))

    consumer = backend.result_consumer
    consumer.on_message = heard
    consumer.start("")


def look(line: CeleryConnection, ours: Container[bytes]) -> Iterator[Result]:
    """Take results out of Redis, where each lies in a key of its own that is announced to the dead.

    Args:
        line: the connection.
        ours: keys of results that Celery itself waits for, or has had.
    """
    backend = line.app.backend
    found = backend.client.scan_iter(backend.task_keyprefix + b"*", count=LOOK_AT)
    while keys := list(islice((key for key in found if key not in ours), LOOK_AT)):
        for value in filter(None, backend.client.mget(keys)):
            yield _inherited(backend.decode_result(value))
        backend.client.unlink(*keys)


def _inherited(meta: dict[str, Any]) -> Result:
    """Return a result; whatever is not in the value itself, nobody knows any more."""
    return Result(-1, 1, meta["result"])
