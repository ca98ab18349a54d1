"""How we talk to RabbitMQ: our settings, and what is wrong with a server that cannot be used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from pika import URLParameters
from pika.exceptions import IncompatibleProtocolError, ProbableAccessDeniedError, ProbableAuthenticationError

from brokers.rabbitmq.channel import RabbitmqChannel
from brokers.rabbitmq.connection import CONNECT_WITHIN
from brokers.rabbitmq.errors import root, said
from brokers.rabbitmq.socket import GIVEN_UP_AFTER, SILENT_FOR
from brokers.servers import address
from crossover.contract.errors import BrokenError, UnusableError

OLDEST = (3, 10)
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
    parameters.virtual_host = host_in(url)
    parameters.client_properties = {"connection_name": name}
    for setting, value in SETTINGS.items():
        if setting not in OURS:
            setattr(parameters, setting, value)
    return RabbitmqChannel(parameters, address.where(url), **how)


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


def host_in(url: str) -> str:
    """Return the virtual host in a URL: `/` where it names none, be it as `amqp://host`, with `/`, `//` or `/%2F`."""
    return unquote(urlsplit(url).path[1:]) or "/"


def limit(line: RabbitmqChannel) -> int:
    """Return the bytes that a server takes in one message."""
    return LARGEST_MESSAGE[min(4, max(3, _version(line)[0]))]


def unusable(server_address: str) -> str | None:
    """Return why no RabbitMQ can be used there, or None where one can."""
    return address.unusable("rabbitmq", server_address, facts)


def facts(url: str) -> str:
    """Return the versions of a server.

    Raises:
        UnusableError: there is none, or it cannot be used.
    """
    if problem := address.wrong("rabbitmq", url):
        raise UnusableError(problem)
    where = address.where(url)
    try:
        line = connect(url, "crossover.facts")
    except BrokenError as error:
        raise UnusableError(_why(url, error)) from error
    except (ValueError, TypeError) as error:  # pika's, about a part of the URL; it may quote the password
        raise UnusableError(f"the URL of rabbitmq at {where} cannot be read: user:password@host:port/vhost") from error
    try:
        product, version, platform = (line.properties.get(key, "") for key in ("product", "version", "platform"))
        if product != "RabbitMQ":
            raise UnusableError(f"what listens at {where} is {product or 'nameless'}, not RabbitMQ")
        if _version(line) < OLDEST:
            raise UnusableError(f"RabbitMQ at {where} is version {version}; crossover needs 3.10 or newer")
    finally:
        line.close()
    return f"RabbitMQ {version}, {platform.replace('/OTP', '')}, messages up to {limit(line):,} bytes"


def _version(line: RabbitmqChannel) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", str(line.properties.get("version", "")))[:2]) or (0,)


def _why(url: str, error: BrokenError) -> str:
    """Return why there is no connection."""
    where = address.where(url)
    if error.__cause__ is None:
        return f"what listens at {where} does not answer like RabbitMQ within {CONNECT_WITHIN:.0f} s"
    match cause := root(error.__cause__):
        case ProbableAuthenticationError():
            return f"RabbitMQ at {where} refuses the user or the password"
        case ProbableAccessDeniedError():
            return (
                f"RabbitMQ at {where} does not let this user into the virtual host {host_in(url)!r}, or has none such"
            )
        case IncompatibleProtocolError():
            return f"what listens at {where} is not RabbitMQ"
    return f"no RabbitMQ at {where}: {said(cause).lower()}"
