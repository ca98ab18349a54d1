"""The RabbitMQ client: pika with our settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from pika import URLParameters

from brokers.rabbitmq.connection.channel import RabbitmqChannel
from brokers.rabbitmq.connection.connection import CONNECT_WITHIN
from brokers.rabbitmq.connection.pika_connection import GIVEN_UP_AFTER, SILENT_FOR
from brokers.servers.addresses.urls import Scheme, host_and_port

SCHEMES = {"amqp": Scheme(5672), "amqps": Scheme(5671, tls=True)}
LARGEST_MESSAGE = {3: 2**27, 4: 2**24}  # bytes: the default of max_message_size in each major version

SETTINGS: Mapping[str, Any] = {
    "heartbeat": 0,  # pika: the server's, 60 s; a worker busy for longer would be disconnected. Instead we ping:
    "silent_for": SILENT_FOR,  # not pika's; seconds of silence until the server is pinged
    "given_up_after": GIVEN_UP_AFTER,  # not pika's; seconds it then has to answer, even if it is out of memory
    "socket_timeout": CONNECT_WITHIN,  # pika: 10 s
    "stack_timeout": CONNECT_WITHIN,  # pika: 15 s
    "connection_attempts": 1,  # as in pika
    "blocked_connection_timeout": None,  # as in pika
}
"""The client's settings; after each, the library's default."""

OURS = ("silent_for", "given_up_after")  # of SETTINGS; the others are pika's


def connect(url: str, name: str, heartbeat: int = 0, **options: Any) -> RabbitmqChannel:
    """Return a connection with a channel.

    Args:
        url: amqp:// or amqps://
        name: as `rabbitmqctl list_connections` shows it.
        heartbeat: seconds; the server closes a connection that is silent for longer; 0: as SETTINGS say.
        **options: as for RabbitmqChannel.

    Raises:
        BrokenError: the server cannot be reached, or refuses.
    """
    parameters = URLParameters(url)
    parameters.virtual_host = virtual_host(url)
    parameters.client_properties = {"connection_name": name}
    for setting, value in SETTINGS.items():
        if setting not in OURS:
            setattr(parameters, setting, value)
    parameters.heartbeat = heartbeat or parameters.heartbeat
    return RabbitmqChannel(parameters, host_and_port(url, SCHEMES), **options)


def remove_names(url: str, queues: Iterable[str], exchanges: Iterable[str], name: str, **options: Any) -> None:
    """Remove queues and exchanges; one that does not exist is no error.

    Args:
        url: of the server.
        queues: their names.
        exchanges: their names.
        name: of the connection.
        **options: as for `connect`.

    Raises:
        BrokenError: the server cannot be reached.
    """
    channel = connect(url, name, **options)
    try:
        for queue in queues:
            channel.call(channel.pika.queue_delete, queue)
        for exchange in exchanges:
            channel.call(channel.pika.exchange_delete, exchange)
    finally:
        channel.close()


def virtual_host(url: str) -> str:
    """Return the virtual host in a URL: `/` where it names none, as in `amqp://host`, with `/`, `//` or `/%2F`."""
    return unquote(urlsplit(url).path[1:]) or "/"


def largest_message(channel: RabbitmqChannel) -> int:
    """Return how many bytes the server accepts in one message, unless its administrator has changed that."""
    return LARGEST_MESSAGE[min(4, max(3, version_of(channel)[0]))]


def version_of(channel: RabbitmqChannel) -> tuple[int, ...]:
    """Return the first two parts of the server's version."""
    return tuple(int(part) for part in re.findall(r"\d+", str(channel.properties.get("version", "")))[:2]) or (0,)
