"""Why nothing comes out of Redis any more, as far as it shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import redis

from brokers.redis.connection.client import SCHEMES, connect, error_text
from brokers.servers.addresses.urls import host_and_port

ANSWER_WITHIN = 2.0  # seconds
MAYBE = "clients are paused (CLIENT PAUSE), or the workers' connections are dead"  # older versions do not say which


def why_silent(url: str, queue: str) -> str:
    """Return why workers get no messages from a list or a stream, in words.

    Args:
        url: of the server.
        queue: the key of the list or stream.
    """
    try:
        with connect(url, "crossover:silence", ANSWER_WITHIN) as client:
            kind: Any = client.type(queue)
            waiting = {b"list": client.llen, b"stream": client.xlen}.get(kind)
            length: Any = waiting(queue) if waiting else 0
            info: Mapping[str, Any] = _info(client)
    except redis.exceptions.NoPermissionError:
        return ""
    except (redis.RedisError, OSError) as error:
        return f"Redis at {host_and_port(url, SCHEMES)} does not answer: {error_text(error)}"
    if length:
        paused = "CLIENT PAUSE is in effect" if info.get("paused_reason", "none") != "none" else MAYBE
        return f"Redis holds {length:,} messages that no worker takes: {paused}"
    policy, evicted = info.get("maxmemory_policy"), info.get("evicted_keys", 0)
    gone = "no task waits in Redis any more"
    if evicted and policy != "noeviction":
        return f"{gone}: it has evicted {evicted:,} keys since it started (maxmemory-policy {policy}; use noeviction)"
    return f"{gone}: they were deleted, unless workers have taken them and do not answer"


def _info(client: redis.Redis) -> Mapping[str, Any]:
    """Return what INFO says; nothing where this user may not ask."""
    try:
        info: Mapping[str, Any] = client.info()
    except redis.exceptions.NoPermissionError:
        return {}
    return info
