"""kombu's transport over AMQP, which decompresses nothing, and goes on after events that are none."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import kombu
from amqp.exceptions import AMQPError
from celery.app.amqp import AMQP
from kombu.transport import pyamqp

from brokers.celery.envelopes.compression import compression_errors

logger = logging.getLogger("celery.crossover")


class Message(pyamqp.Message):  # type: ignore[misc]
    """A message that is never decompressed."""

    def __init__(self, msg: Any, channel: Any = None, **kwargs: Any) -> None:
        self.errors = compression_errors(msg.properties.get("application_headers"))
        super().__init__(msg, channel=channel, **kwargs)


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


class Connection(kombu.Connection):  # type: ignore[misc]
    """kombu's connection, with our transport."""

    def get_transport_cls(self) -> type[Transport]:
        """Return our transport, whatever the scheme of the URL."""
        return Transport


class RabbitmqAmqp(AMQP):  # type: ignore[misc]
    """How a Celery application connects."""

    Connection = Connection


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
