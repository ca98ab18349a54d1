"""Dead letters in Redis: messages that no worker should run are kept in one list, for a day."""

from __future__ import annotations

from contextlib import suppress

import redis
from redis.client import Pipeline

from brokers.messages import encode

KEY = "crossover:refused"
MOST_KEPT, KEPT_FOR = 1_000, 86_400  # messages, seconds


def dead_letter(pipeline: Pipeline, reason: str, prefix: str, message: bytes) -> None:
    """Keep a message aside, if possible: whatever the server answers, the worker goes on.

    Args:
        pipeline: an empty one, for the commands.
        reason: why the message was refused.
        prefix: of the keys of the run in which it was found.
        message: as it came.
    """
    pipeline.lpush(KEY, encode([reason, prefix, message]))
    pipeline.ltrim(KEY, 0, MOST_KEPT - 1)
    pipeline.expire(KEY, KEPT_FOR)
    with suppress(redis.RedisError):  # the next command notices a lost connection
        pipeline.execute(raise_on_error=False)
