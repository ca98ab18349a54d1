"""What each transport and shared state needs of a Redis: commands, channels, connections."""

from __future__ import annotations

from collections.abc import Mapping

from crossover.contract.safety import Safety

EVERYWHERE = {"CLIENT SETNAME", "UNLINK"}
REPLIES = {"RPUSH", "BLPOP", "LPOP", "SMEMBERS"}
CELERY = {"BRPOP", "LLEN", "LPUSH", "SADD", "SETEX", "GET", "PUBLISH", "SUBSCRIBE", "MULTI", "EXEC", "SCAN"}
REMOTE_CONTROL = "PSUBSCRIBE"
"""What Celery's workers need in addition, unless tuned: commands to them come through a pattern of channels."""
CELERY_ACKNOWLEDGES = {"HSET", "HDEL", "ZADD", "ZREM", "SET", "DEL", "EVALSHA"}
STREAM = {*REPLIES, "XADD", "XREADGROUP", "XDEL", "XGROUP CREATE", "MULTI", "EXEC"}

COMMANDS: Mapping[str, set[str]] = {
    "redis-list": REPLIES,
    "redis-stream": STREAM,
    "celery+redis": CELERY,
    "redis-get-set": {"SET", "GET"},
    "redis-incr": {"SET", "GET", "INCRBY"},
    "redis-watch": {"SET", "GET", "WATCH", "MULTI", "EXEC"},
    "redis-lua": {"SET", "GET", "SCRIPT LOAD", "EVALSHA"},
    "redis-lock": {"SET", "GET", "EVALSHA"},
}
"""At every level."""

AT_LEVEL: Mapping[tuple[str, Safety], set[str]] = {
    ("redis-list", Safety.SAFE): {
        "BLMOVE",
        "LMOVE",
        "LRANGE",
        "LREM",
        "SADD",
        "SREM",
        "MULTI",
        "EXEC",
        "HINCRBY",
        "HDEL",
    },
    ("redis-stream", Safety.DEFAULT): {"XACK"},
    ("redis-stream", Safety.SAFE): {"XACK", "XPENDING", "XCLAIM"},
    ("celery+redis", Safety.DEFAULT): CELERY_ACKNOWLEDGES,
    ("celery+redis", Safety.SAFE): CELERY_ACKNOWLEDGES,
}
"""At one level in addition."""

CONNECTIONS = {"celery+redis": (3, 12)}
"""How many connections each worker has at most, and how many all together have in addition."""
USUAL_CONNECTIONS = (1, 2)  # the producer's, and one to remove the keys


def needed_commands(name: str, level: Safety | None) -> set[str]:
    """Return the commands that a transport or shared state uses.

    Args:
        name: of the transport or shared state.
        level: the safety level; None: only what all levels need.
    """
    extra = AT_LEVEL.get((name, level), set()) if level else set()
    return EVERYWHERE | COMMANDS.get(name, set()) | extra


def needed_connections(name: str, workers: int) -> int:
    """Return how many connections are open at once, at most."""
    each, others = CONNECTIONS.get(name, USUAL_CONNECTIONS)
    return each * workers + others
