"""What somebody else may do to a broker that we use."""

import msgspec
import redis


def slip_into_tasks(transport, message):
    """Put a message where a run's tasks lie."""
    with redis.Redis.from_url(transport.at.url) as client:
        if transport.name == "redis-stream":
            client.xadd(transport.keys.tasks, {"m": message})
        else:
            client.rpush(transport.keys.tasks, message)


def slip_into_outcomes(transport, message):
    """Put a message where a run's outcomes lie."""
    with redis.Redis.from_url(transport.at.url) as client:
        client.rpush(transport.keys.outcomes, message)


def kept_aside(transport):
    """Return what has been refused, the latest first: reason and message."""
    with redis.Redis.from_url(transport.at.url) as client:
        kept = [msgspec.msgpack.decode(item) for item in client.lrange("crossover:refused", 0, -1)]
    return [(reason, message) for reason, _, message in kept]
