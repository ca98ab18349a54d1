"""Where messages are kept that no worker of ours should run: where the other transports keep theirs."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from brokers.celery_environment import Served
from brokers.celery_settings import Names
from brokers.messages import encode


def put_aside(served: Served, reason: str, message: Any) -> None:
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
    from brokers.redis_client import connect  # noqa: PLC0415 - a client library, imported on use
    from brokers.redis_worker import ASIDE, ASIDE_MOST, ASIDE_SECONDS  # noqa: PLC0415

    names = Names(served.run, served.safety)
    with connect(served.url, f"{names.redis}aside") as client, client.pipeline() as pipeline:
        pipeline.lpush(ASIDE, encode([reason, names.redis, message]))
        pipeline.ltrim(ASIDE, 0, ASIDE_MOST - 1)
        pipeline.expire(ASIDE, ASIDE_SECONDS)
        pipeline.execute()


def _to_rabbitmq(served: Served, reason: str, message: bytes) -> None:
    from pika import BasicProperties, DeliveryMode  # noqa: PLC0415

    from brokers.rabbitmq_client import ASIDE, ASIDE_SETTINGS, connect  # noqa: PLC0415

    names = Names(served.run, served.safety)
    line = connect(served.url, f"{names.base}.aside")
    try:
        line.ask(line.channel.queue_declare, ASIDE, durable=True, arguments=ASIDE_SETTINGS)
        about = BasicProperties(delivery_mode=DeliveryMode.Persistent, headers={"reason": reason, "queue": names.tasks})
        line.publish(ASIDE, message, about)
        line.wait(lambda: not line.unsent, 1.0)
    finally:
        line.close()
