"""Every command that a transport or shared state uses, tried on keys of our own: what may this user do here?

To try is more than to ask: ACL DRYRUN is forbidden to most users, and knows nothing of replicas or of a full memory.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

import redis
from redis.exceptions import NoPermissionError, ResponseError

SCRIPT = "return 1"
SECONDS = 60  # until keys are gone that this user may make, but not remove
KEYS = ("string", "list", "other", "set", "hash", "stream", "sorted")


class Forbidden(StrEnum):
    """What a user may not use."""

    COMMAND = "command"
    KEY = "key"
    CHANNEL = "channel"
    UNKNOWN = "unknown"  # the server has no such command: it is disabled, or has another name


class CannotWriteError(Exception):
    """The server lets no user write: its own words."""


def rehearse(client: redis.Redis) -> Mapping[str, Forbidden]:
    """Return command → what of it is forbidden; leaves nothing behind where the user may remove keys.

    Args:
        client: used for nothing else afterwards: it ends in the middle of a subscription.

    Raises:
        CannotWriteError: the server accepts no writes, whoever sends them.
        redis.RedisError: the connection is lost.
    """
    commands = list(_commands(f"crossover:asked-{secrets.token_hex(6)}:"))
    connection: Any = client.connection_pool.get_connection()
    found: dict[str, Forbidden] = {}
    try:
        connection.send_packed_command(connection.pack_commands(command for _, *command in commands))
        for name, *_ in commands:
            try:
                connection.read_response()
            except ResponseError as error:
                if reason := _forbidden(error):
                    found[name] = reason
            except redis.ConnectionError as error:
                if isinstance(error, redis.exceptions.BusyLoadingError):
                    raise CannotWriteError(str(error)) from error
                raise
    finally:
        connection.disconnect()
        client.connection_pool.release(connection)
    return found


def _forbidden(error: ResponseError) -> Forbidden | None:
    """Return what is forbidden; None where the command was allowed, and failed for another reason."""
    said = str(error)
    if isinstance(error, NoPermissionError):
        if "run the '" in said or "command" in said:
            return Forbidden.COMMAND
        return Forbidden.CHANNEL if "channel" in said else Forbidden.KEY
    if said.lower().startswith(("unknown command", "unknown subcommand", "err unknown")):
        return Forbidden.UNKNOWN
    if isinstance(error, WRITES_REFUSED) or said.startswith(("NOREPLICAS", "MISCONF")):
        raise CannotWriteError(said) from error
    return None


WRITES_REFUSED = (
    redis.exceptions.ReadOnlyError,
    redis.exceptions.OutOfMemoryError,
    redis.exceptions.ClusterDownError,
    redis.exceptions.MovedError,
    redis.exceptions.MasterDownError,
)


def _commands(prefix: str) -> Iterator[tuple[Any, ...]]:
    """Yield names of commands, as messages show them, each with its words. None of them waits: there is something."""
    string, items, other, members, fields, stream, scored = keys = [f"{prefix}{key}" for key in KEYS]
    yield "CLIENT SETNAME", "CLIENT", "SETNAME", "crossover:asked"
    yield "SET", "SET", string, 1, "PX", SECONDS * 1_000
    yield "UNLINK", "UNLINK", *keys
    yield "SETEX", "SETEX", string, SECONDS, 1
    yield "GET", "GET", string
    yield "INCRBY", "INCRBY", string, 1
    for name in ("LPUSH", "RPUSH", "RPUSH", "RPUSH", "RPUSH"):
        yield name, name, items, "m"
    yield "LLEN", "LLEN", items
    yield "LRANGE", "LRANGE", items, 0, -1
    yield "LPOP", "LPOP", items, 1
    yield "BLPOP", "BLPOP", items, 1
    yield "BRPOP", "BRPOP", items, 1
    yield "LMOVE", "LMOVE", items, other, "LEFT", "RIGHT"
    yield "BLMOVE", "BLMOVE", items, other, "LEFT", "RIGHT", 1
    yield "LREM", "LREM", other, 1, "m"
    yield "SADD", "SADD", members, "m"
    yield "SMEMBERS", "SMEMBERS", members
    yield "SREM", "SREM", members, "m"
    yield "HSET", "HSET", fields, "f", 1
    yield "HINCRBY", "HINCRBY", fields, "f", 1
    yield "HDEL", "HDEL", fields, "f"
    yield "XGROUP CREATE", "XGROUP", "CREATE", stream, "workers", 0, "MKSTREAM"
    yield "XADD", "XADD", stream, "*", "m", "m"
    yield "XREADGROUP", "XREADGROUP", "GROUP", "workers", "w", "COUNT", 1, "STREAMS", stream, ">"
    yield "XPENDING", "XPENDING", stream, "workers", "-", "+", 1
    yield "XCLAIM", "XCLAIM", stream, "workers", "w", 0, "0-1"
    yield "XACK", "XACK", stream, "workers", "0-1"
    yield "XDEL", "XDEL", stream, "0-1"
    yield "ZADD", "ZADD", scored, 1, "m"
    yield "ZREM", "ZREM", scored, "m"
    yield "WATCH", "WATCH", string
    yield "MULTI", "MULTI"
    yield "EXEC", "EXEC"
    yield "SCRIPT LOAD", "SCRIPT", "LOAD", SCRIPT
    yield "EVALSHA", "EVALSHA", hashlib.sha1(SCRIPT.encode(), usedforsecurity=False).hexdigest(), 1, string
    yield "PUBLISH", "PUBLISH", f"{prefix}channel", "m"
    yield "SCAN", "SCAN", 0, "COUNT", 1
    yield "", "EXPIRE", string, SECONDS  # for those who may not remove keys; the others are mostly empty by now
    yield "", "EXPIRE", stream, SECONDS
    yield "DEL", "DEL", *keys
    yield "UNLINK", "UNLINK", *keys
    yield "SUBSCRIBE", "SUBSCRIBE", f"{prefix}channel"  # after these two nothing else is allowed
    yield "PSUBSCRIBE", "PSUBSCRIBE", f"{prefix}channel"
