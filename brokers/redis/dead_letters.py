"""Dead letters in Redis: messages that no worker should run are kept in one list, for a day."""

from __future__ import annotations

from typing import Any

import redis

from brokers.messages import encode

KEY = "crossover:refused"
MOST_KEPT, KEPT_FOR = 1_000, 86_400  # messages, seconds


def dead_letter(client: redis.Redis, reason: str, prefix: str, message: bytes) -> str | None:
    """Keep a message aside; return why Redis has refused that, or None.

    Args:
        client: redis-py's.
        reason: why the message was refused.
        prefix: of the keys of the run in which it was found.
        message: as it came.

    Raises:
        redis.RedisError: the server is down.
    """
    letter = encode([reason, prefix, message])
    try:
        reply = _push(client, letter)
    except redis.ConnectionError:  # over a new connection: two letters are better than none
        reply = _push(client, letter)
    return str(reply) if isinstance(reply, Exception) else None


def _push(client: redis.Redis, letter: bytes) -> Any:
    with client.pipeline(transaction=False) as pipeline:
        pipeline.lpush(KEY, letter)
        pipeline.ltrim(KEY, 0, MOST_KEPT - 1)
        pipeline.expire(KEY, KEPT_FOR)
        return pipeline.execute(raise_on_error=False)[0]
