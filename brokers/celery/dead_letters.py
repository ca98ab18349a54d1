"""Where messages are kept that no worker of ours should run: where the other transports keep theirs."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from brokers.celery.settings import Names
from brokers.celery.workers.environment import Served


def dead_letter(served: Served, reason: str, message: Any) -> None:
    """Keep a message aside, if that can be done: the worker goes on in any case.

    Args:
        served: what this worker serves.
        reason: why it was refused.
        message: as it came.
    """
    kept = message if isinstance(message, bytes) else str(message).encode()
    put = _to_redis if served.server == "redis" else _to_rabbitmq
    with suppress(Exception):
        put(served, reason, kept)


def _to_redis(served: Served, reason: str, message: bytes) -> None:
    from brokers.redis.client import connect  # noqa: PLC0415
    from brokers.redis.dead_letters import dead_letter as keep  # noqa: PLC0415 - a client library, imported on use

    prefix = Names(served.run, served.safety).redis
    with connect(served.url, f"{prefix}aside") as client, client.pipeline() as pipeline:
        keep(pipeline, reason, prefix, message)


def _to_rabbitmq(served: Served, reason: str, message: bytes) -> None:
    from brokers.rabbitmq.dead_letters import dead_letter as keep  # noqa: PLC0415

    names = Names(served.run, served.safety)
    keep(served.url, f"{names.base}.aside", reason, names.tasks, message)
