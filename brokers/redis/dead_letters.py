"""Where messages are kept in Redis that no worker of ours should run."""

from __future__ import annotations

from contextlib import suppress

import redis
from redis.client import Pipeline

from brokers.messages import encode

ASIDE = "crossover:refused"
ASIDE_MOST, ASIDE_SECONDS = 1_000, 86_400


def dead_letter(pipeline: Pipeline, reason: str, prefix: str, message: bytes) -> None:
    """Put the commands into a pipeline that keep a message aside, and execute them.

    To keep it is a courtesy: whatever the server answers, the worker goes on.

    Args:
        pipeline: an empty one.
        reason: why the message was refused.
        prefix: of the keys of the run that it was found in.
        message: as it came.
    """
    pipeline.lpush(ASIDE, encode([reason, prefix, message]))
    pipeline.ltrim(ASIDE, 0, ASIDE_MOST - 1)
    pipeline.expire(ASIDE, ASIDE_SECONDS)
    with suppress(redis.RedisError):  # a lost connection is noticed by who uses it next
        pipeline.execute(raise_on_error=False)
