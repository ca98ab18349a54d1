"""How we talk to Redis: one client with settings of ours, and what is wrong with a server that cannot be used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from brokers.servers import address
from crossover.contract.errors import BrokenError, UnusableError
from crossover.contract.text import readable

OLDEST = (6, 2)
CONNECT_WITHIN = 5.0  # seconds
ANSWER_WITHIN = 8.0  # seconds beyond what a blocking command may take
LARGEST_MESSAGE = 512 * 2**20 - 2**16  # bytes: proto-max-bulk-len, less what is around a payload

SETTINGS: Mapping[str, Any] = {
    "socket_connect_timeout": CONNECT_WITHIN,  # redis-py 8: 10 s
    "socket_timeout": ANSWER_WITHIN,  # redis-py 8: 5 s, which a blocking command may run into
    "retry_attempts": 0,  # redis-py 8: 10; a write whose reply was lost is then written twice
    "protocol": 2,  # redis-py 8: 3; the same answers from every server since 6.2
    "health_check_interval": 0,  # as in redis-py
}
"""The client's settings; beside each, the library's default."""


def connect(url: str, name: str, within: float = ANSWER_WITHIN) -> redis.Redis:
    """Return a client with one connection.

    Args:
        url: redis://, rediss:// or unix://
        name: what CLIENT LIST calls it.
        within: seconds that the server has for each answer.
    """
    settings = {**SETTINGS, "socket_timeout": within}
    retry = Retry(NoBackoff(), settings.pop("retry_attempts"))
    return redis.Redis.from_url(url, client_name=name, retry=retry, single_connection_client=True, **settings)


@contextmanager
def broken(url: str) -> Iterator[None]:
    """Turn the client's errors into ours.

    Raises:
        BrokenError: the server has gone, does not answer, or refuses.
    """
    try:
        yield
    except redis.RedisError as error:
        raise gone(url, error) from error


def gone(url: str, error: Exception) -> BrokenError:
    """Return the client's error as one of ours."""
    return BrokenError(f"Redis at {address.where(url)}: {_said(error)}")


def remove_keys(url: str, prefix: str, name: str, within: float = ANSWER_WITHIN) -> int:
    """Remove every key with a prefix, and return how many there were.

    Args:
        url: of the server.
        prefix: of a run.
        name: what CLIENT LIST calls us.
        within: seconds that the server has for each answer.

    Raises:
        BrokenError: the server cannot be reached.
    """
    removed = 0
    with broken(url), connect(url, name, within) as client:
        for key in client.scan_iter(f"{prefix}*", count=10_000):
            client.unlink(key)
            removed += 1
    return removed


def unusable(server_address: str) -> str | None:
    """Return why no Redis can be used there, or None where one can.

    Args:
        server_address: from a transport's URL; nothing: the environment's, or a private one.
    """
    return address.unusable("redis", server_address, facts)


def facts(url: str) -> str:
    """Return version and persistence of a server.

    Raises:
        UnusableError: there is none, or it cannot be used.
    """
    if problem := address.wrong("redis", url):
        raise UnusableError(problem)
    where = address.where(url)
    try:
        client = connect(url, "crossover:facts")
        try:
            told: Mapping[str, Any] = client.info()
            fsync = _setting(client, "appendfsync")
        finally:
            client.close()
    except redis.AuthenticationError as error:
        raise UnusableError(f"Redis at {where} refuses the user or the password") from error
    except redis.TimeoutError as error:
        raise UnusableError(
            f"what listens at {where} does not answer like Redis within {ANSWER_WITHIN:.0f} s"
        ) from error
    except redis.InvalidResponse as error:
        raise UnusableError(f"what listens at {where} is not Redis") from error
    except TypeError as error:  # redis-py hands each option of the URL on as a keyword
        option = str(error).rpartition(" ")[2]
        raise UnusableError(f"the URL of redis has an option that redis-py does not know: {option}") from error
    except (redis.RedisError, OSError, ValueError) as error:
        raise UnusableError(f"no Redis at {where}: {_said(error)}") from error
    version = str(told.get("redis_version", "0"))
    if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) < OLDEST:
        raise UnusableError(f"Redis at {where} is version {version}; crossover needs 6.2 or newer")
    persistence = f"appendonly, fsync {fsync}" if told.get("aof_enabled") else "nothing on disk but snapshots"
    return (
        f"{told.get('server_name', 'redis')} {version}, {told.get('mem_allocator', 'allocator unknown')}, {persistence}"
    )


def _setting(client: redis.Redis, name: str) -> str:
    """Return a setting of the server; those who rent one may not ask."""
    try:
        found: Mapping[str, str] = client.config_get(name)  # type: ignore[assignment]
    except redis.ResponseError:
        return "unknown"
    return found.get(name, "unknown")


def _said(error: Exception) -> str:
    """Return what an error says: what the system said where that is known, since we name the address ourselves."""
    cause = error.__cause__ or error.__context__
    text = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(error)
    return readable(text).partition("\n")[0].rstrip(".").lower() or type(error).__name__
