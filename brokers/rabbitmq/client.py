"""The client of RabbitMQ: pika with our settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from pika import URLParameters

from brokers.rabbitmq.channel import RabbitmqChannel
from brokers.rabbitmq.connection import CONNECT_WITHIN
from brokers.rabbitmq.socket import GIVEN_UP_AFTER, SILENT_FOR
from brokers.servers.urls import Scheme, host_and_port

SCHEMES = {"amqp": Scheme(5672), "amqps": Scheme(5671, tls=True)}
LARGEST_MESSAGE = {3: 2**27, 4: 2**24}  # bytes: max_message_size of each major version, unless somebody changed it

SETTINGS: Mapping[str, Any] = {
    "heartbeat": 0,  # pika: what the server wants, 60 s; a worker busy for longer would be cut off. We ask ourselves:
    "silent_for": SILENT_FOR,  # pika has none; seconds of silence until the server is asked whether it is there
    "given_up_after": GIVEN_UP_AFTER,  # pika has none; seconds it then has to answer, be it out of memory
    "socket_timeout": CONNECT_WITHIN,  # pika: 10 s
    "stack_timeout": CONNECT_WITHIN,  # pika: 15 s
    "connection_attempts": 1,  # as in pika
    "blocked_connection_timeout": None,  # as in pika
}
"""The client's settings; beside each, the library's default."""

OURS = ("silent_for", "given_up_after")  # of SETTINGS; the others are pika's

ASIDE = "crossover.refused"  # where messages are kept that no worker of ours should run
ASIDE_SETTINGS = {"x-queue-type": "classic", "x-max-length": 1_000, "x-expires": 86_400_000}


def connect(url: str, name: str, **how: Any) -> RabbitmqChannel:
    """Return a connection.

    Args:
        url: amqp:// or amqps://
        name: what `rabbitmqctl list_connections` calls it.
        **how: as for RabbitmqChannel.

    Raises:
        BrokenError: it cannot be had.
    """
    parameters = URLParameters(url)
    parameters.virtual_host = virtual_host(url)
    parameters.client_properties = {"connection_name": name}
    for setting, value in SETTINGS.items():
        if setting not in OURS:
            setattr(parameters, setting, value)
    return RabbitmqChannel(parameters, host_and_port(url, SCHEMES), **how)


def remove_names(
    url: str, queues: Iterable[str], exchanges: Iterable[str], name: str, within: float = CONNECT_WITHIN
) -> None:
    """Remove queues and exchanges; one that is not there is no error.

    Args:
        url: of the server.
        queues: their names.
        exchanges: their names.
        name: what the connection is called.
        within: seconds until there must be a connection.

    Raises:
        BrokenError: the server cannot be reached.
    """
    line = connect(url, name, within=within)
    try:
        for queue in queues:
            line.ask(line.channel.queue_delete, queue)
        for exchange in exchanges:
            line.ask(line.channel.exchange_delete, exchange)
    finally:
        line.close()


def virtual_host(url: str) -> str:
    """Return the virtual host in a URL: `/` where it names none, be it as `amqp://host`, with `/`, `//` or `/%2F`."""
    return unquote(urlsplit(url).path[1:]) or "/"


def limit(line: RabbitmqChannel) -> int:
    """Return the bytes that a server takes in one message."""
    return LARGEST_MESSAGE[min(4, max(3, version_of(line)[0]))]


def version_of(line: RabbitmqChannel) -> tuple[int, ...]:
    """Return the first two parts of the server's version."""
    return tuple(int(part) for part in re.findall(r"\d+", str(line.properties.get("version", "")))[:2]) or (0,)
