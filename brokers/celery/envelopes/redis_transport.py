"""kombu's transport over Redis, which goes on after whatever lies in its lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from celery.app.amqp import AMQP
from kombu.transport import redis as kombu_redis
from kombu.transport.virtual import Empty
from redis.exceptions import ConnectionError as LostError
from redis.exceptions import DataError, RedisError

from brokers.celery.envelopes.kombu_parts import Connection, PlainMessage
from crossover.contract.text import describe

KeepAside = Callable[[str, Any], Any]
"""Called with the reason and with the message as it came."""


def _forget(reason: str, message: Any) -> None:
    """Keep nothing aside: only a worker does."""


class Message(PlainMessage, kombu_redis.Channel.Message):  # type: ignore[misc]
    """A message that is never decompressed."""

    @staticmethod
    def headers_of(received: Any) -> Any:
        """Return its headers."""
        return received.get("headers")


class QoS(kombu_redis.QoS):  # type: ignore[misc]
    """What was taken and not acknowledged; one that cannot be delivered again does not keep back the others."""

    def restore_by_tag(self, tag: Any, client: Any = None, leftmost: bool = False) -> None:  # noqa: FBT001, FBT002
        """Deliver a message again, or keep it aside."""
        try:
            super().restore_by_tag(tag, client=client, leftmost=leftmost)
        except Exception as error:
            if _is_of_server(error):
                raise
            with self.channel.conn_or_acquire(client) as connected:
                self.channel.keep_aside(_unreadable(error), connected.hget(self.unacked_key, tag) or b"")
                self._remove_from_indices(tag, connected.pipeline()).execute()


class Channel(kombu_redis.Channel):  # type: ignore[misc]
    """A channel that keeps aside what is not kombu's.

    Attributes:
        keep_aside: how; a transport option.
        keep_client: whether all commands go through one client; a transport option. kombu makes one for each message
            that it sends, takes or acknowledges, although they share the connections: redis-py fills a table of more
            than a hundred entries each time.
    """

    Message = Message
    QoS = QoS
    from_transport_options: ClassVar[tuple[str, ...]] = (
        *kombu_redis.Channel.from_transport_options,
        "keep_aside",
        "keep_client",
    )
    keep_aside: KeepAside = staticmethod(_forget)
    keep_client = False
    _item: Any = b""  # the last one taken from a list
    _kept: Any = None  # client

    def conn_or_acquire(self, client: Any = None) -> Any:
        """Return a context with the client, or with one of this channel's."""
        if client is None and self.keep_client:
            if self._kept is None or self._kept.connection_pool is not self.pool:  # another one after a lost connection
                self._kept = self._create_client()
            client = self._kept
        return super().conn_or_acquire(client)

    def _connparams(self, asynchronous: bool = False) -> Any:  # noqa: FBT001, FBT002 - as in kombu
        """Return how to connect.

        Raises:
            LostError: this channel was closed as its connection was lost. kombu raises an AttributeError, which Celery
                does not expect: a worker would end that acknowledges or gives back what it had taken before.
        """
        if self.connection is None or self.connection.client is None:
            raise LostError("the connection of this channel was lost")
        return super()._connparams(asynchronous=asynchronous)

    def _create_client(self, asynchronous: bool = False) -> Any:  # noqa: FBT001, FBT002 - as in kombu
        client = super()._create_client(asynchronous)
        if asynchronous:
            client.set_response_callback("BRPOP", self._remember)
        return client

    def _remember(self, reply: Any, **_: Any) -> Any:
        """Remember what was taken: kombu raises without it."""
        if not reply:
            return None
        self._item = reply[1]
        return tuple(reply)

    def _brpop_read(self, **options: Any) -> Any:
        """Deliver what has come, or keep it aside."""
        try:
            return super()._brpop_read(**options)
        except Exception as error:
            if _is_of_server(error):
                raise
            self.keep_aside(_unreadable(error), self._item)
            raise Empty from error

    def _receive_one(self, c: Any) -> Any:
        """Deliver an event or a command; what is none of them is nobody's, and is dropped."""
        try:
            return super()._receive_one(c)
        except Exception as error:
            if _is_of_server(error):
                raise
            raise Empty from error


class Transport(kombu_redis.Transport):  # type: ignore[misc]
    """kombu's transport, with our channels."""

    Channel = Channel


class RedisConnection(Connection):
    """kombu's connection, with our transport."""

    ours = Transport


class RedisAmqp(AMQP):  # type: ignore[misc]
    """How a Celery application connects."""

    Connection = RedisConnection


def _is_of_server(error: Exception) -> bool:
    """Return whether the server or the connection raised it, or nothing has come: kombu handles that itself."""
    return isinstance(error, Empty | OSError | RedisError) and not isinstance(error, DataError)


def _unreadable(error: Exception) -> str:
    return f"it is not from Celery: {describe(error)}"
