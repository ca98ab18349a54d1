"""The Redis client: redis-py with our settings, and its errors as BrokenError."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from brokers.servers.addresses.certificates import why_refused
from brokers.servers.addresses.urls import SOCKET, Scheme, host_and_port
from crossover.contract.errors import BrokenError
from crossover.contract.text import readable

SCHEMES = {"redis": Scheme(6379), "rediss": Scheme(6379, tls=True), "unix": SOCKET}
CONNECT_WITHIN = 5.0  # seconds
ANSWER_WITHIN = 8.0  # seconds beyond what a blocking command may take
LARGEST_MESSAGE = 512 * 2**20 - 2**16  # bytes: proto-max-bulk-len, less what surrounds a payload

SETTINGS: Mapping[str, Any] = {
    "socket_connect_timeout": CONNECT_WITHIN,  # redis-py 8: 10 s
    "socket_timeout": ANSWER_WITHIN,  # redis-py 8: 5 s, which a blocking command may run into
    "retry_attempts": 0,  # redis-py 8: 10; a write whose reply was lost would be repeated
    "protocol": 2,  # redis-py 8: 3; the same answers from every server since 6.2
    "health_check_interval": 0,  # as in redis-py
}
"""The client's settings; after each, the library's default."""


def connect(url: str, name: str, within: float = ANSWER_WITHIN, *, unchecked: bool = False) -> redis.Redis:
    """Return a client. Before each command it looks whether the server has closed the connection, and makes a new one.

    A server closes connections that were idle for its `timeout`, and so do proxies. Nothing was sent then, so nothing
    can be sent twice.

    Args:
        url: redis://, rediss:// or unix://
        name: as CLIENT LIST shows it; empty: none, which needs no permission.
        within: seconds that the server has for each answer.
        unchecked: whether single commands do not look, which makes them a fifth faster; see `check_connection`.
    """
    settings = {**SETTINGS, "socket_timeout": within}
    retry = Retry(NoBackoff(), settings.pop("retry_attempts"))
    return redis.Redis.from_url(
        url, client_name=name or None, retry=retry, single_connection_client=unchecked, **settings
    )


def check_connection(client: redis.Redis) -> None:
    """Let an unchecked client look whether the server has closed its connection, and make a new one.

    Raises:
        redis.RedisError: the server is down.
    """
    if client.connection is not None:
        client.connection_pool.release(client.connection)
        client.connection = client.connection_pool.get_connection()


@contextmanager
def translate_errors(url: str) -> Iterator[None]:
    """Turn redis-py's errors into BrokenError.

    Raises:
        BrokenError: the server is down, does not answer, or refuses.
    """
    try:
        yield
    except redis.RedisError as error:
        raise broken_error(url, error) from error


def broken_error(url: str, error: Exception) -> BrokenError:
    """Return redis-py's error as a BrokenError."""
    return BrokenError(f"Redis at {host_and_port(url, SCHEMES)}: {error_text(error)}")


def remove_keys(url: str, prefix: str, name: str, within: float = ANSWER_WITHIN) -> int:
    """Remove every key with a prefix, and return how many there were.

    Args:
        url: of the server.
        prefix: of a run.
        name: of the client, as CLIENT LIST shows it.
        within: seconds that the server has for each answer.

    Raises:
        BrokenError: the server cannot be reached.
    """
    removed = 0
    with translate_errors(url), connect(url, name, within) as client:
        for key in client.scan_iter(f"{prefix}*", count=10_000):
            client.unlink(key)
            removed += 1
    return removed


def error_text(error: Exception) -> str:
    """Return the message of an error, if possible that of the operating system: the caller adds the address."""
    if refused := why_refused(error):
        return refused
    cause = error.__cause__ or error.__context__
    text = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(error)
    return readable(text).partition("\n")[0].rstrip(".").lower() or type(error).__name__
