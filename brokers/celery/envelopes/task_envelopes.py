"""Which messages a worker passes on to Celery: those that our producer may have sent, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from brokers.celery.settings import CALL, CONTENT_TYPE, TASK
from crossover.contract.text import describe, readable

LONGEST_SHOWN = 80  # characters of a name

Name = Annotated[str, Meta(min_length=1, max_length=255)]


class TaskHeaders(Struct):
    """The headers that decide how Celery runs a task; those that it only shows may be anything.

    None of ours is run later, with time limits, as a part of a group, or has stamps; `expires` is for external workers.
    """

    id: Name
    task: str
    eta: None = None
    expires: Annotated[str, Meta(max_length=64)] | None = None
    timelimit: tuple[None, None] | None = None
    retries: Literal[0] = 0
    shadow: None = None
    group: None = None
    group_index: None = None
    root_id: str | None = None
    parent_id: str | None = None
    argsrepr: str = ""
    kwargsrepr: str = ""
    origin: str | None = None
    ignore_result: bool | None = None
    stamped_headers: None = None
    stamps: Mapping[str, None] = {}


class TaskProperties(Struct):
    """The properties that decide where a result goes."""

    reply_to: str | None = None
    correlation_id: str | None = None


class Embedded(Struct):
    """What a task would start after it; nothing of ours does."""

    callbacks: None = None
    errbacks: None = None
    chain: None = None
    chord: None = None


TaskBody = tuple[tuple[bytes], dict[str, None], Embedded]


def why_refused(message: Any) -> str | None:
    """Return why a message must not reach Celery, or None.

    Args:
        message: kombu's, as it came.
    """
    headers = message.headers
    try:
        if not isinstance(headers, dict) or "task" not in headers:
            return "it is not from Celery"
        if headers["task"] not in {TASK, CALL}:
            return f"it requests another task: {readable(repr(headers['task'])[:LONGEST_SHOWN])}"
        if message.content_type != CONTENT_TYPE:
            return f"it is no task of ours: its content type is {readable(repr(message.content_type)[:LONGEST_SHOWN])}"
        msgspec.convert(headers, TaskHeaders)
        msgspec.convert(message.properties, TaskProperties)
        _, kwargs, _ = msgspec.convert(message.payload, TaskBody, builtin_types=(bytes,))  # not text in base64
    except Exception as error:
        return f"it is no task of ours: {describe(error)}"
    return "it is no task of ours: it has keyword arguments" if kwargs else None
