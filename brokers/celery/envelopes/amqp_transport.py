"""kombu's transport over AMQP, which decompresses nothing, and goes on after events that are none."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from amqp.exceptions import AMQPError
from celery.app.amqp import AMQP
from kombu.transport import pyamqp

from brokers.celery.envelopes.kombu_parts import Connection, PlainMessage

logger = logging.getLogger("celery.crossover")


class Message(PlainMessage, pyamqp.Message):  # type: ignore[misc]
    """A message that is never decompressed."""

    @staticmethod
    def headers_of(received: Any) -> Any:
        """Return its headers."""
        return received.properties.get("application_headers")


class Channel(pyamqp.Channel):  # type: ignore[misc]
    """A channel of such messages."""

    Message = Message

    def basic_consume(self, *args: Any, **options: Any) -> Any:
        """Consume; where messages need no acknowledgement, one that cannot be handled is dropped."""
        callback = options.get("callback")
        if options.get("no_ack") and callback is not None:
            options["callback"] = _guarded(callback)
        return super().basic_consume(*args, **options)


class AmqpConnection(pyamqp.Connection):  # type: ignore[misc]
    """A connection with such channels."""

    Channel = Channel


class Transport(pyamqp.Transport):  # type: ignore[misc]
    """kombu's transport, with our connections."""

    Connection = AmqpConnection


class RabbitmqConnection(Connection):
    """kombu's connection, with our transport."""

    ours = Transport


class RabbitmqAmqp(AMQP):  # type: ignore[misc]
    """How a Celery application connects."""

    Connection = RabbitmqConnection


def _guarded(callback: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a callback that raises only what the connection raises: events and commands are anybody's."""

    def handle(message: Any) -> Any:
        try:
            return callback(message)
        except (AMQPError, OSError):
            raise
        except Exception:
            logger.exception("a message was dropped, because it cannot be handled")

    return handle
