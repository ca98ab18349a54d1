"""What a run of Celery leaves in its broker, and how it is removed."""

from __future__ import annotations

from brokers.celery.settings import Names
from crossover.contract.errors import CrossoverError

GOODBYE_WITHIN = 2.0  # seconds for a connection, and for each answer of Redis


def remove(server: str, url: str, names: Names) -> bool:
    """Remove everything of a run; say whether that could be done.

    Args:
        server: redis or rabbitmq.
        url: of the server.
        names: of the run.
    """
    try:
        (_from_redis if server == "redis" else _from_rabbitmq)(url, names)
    except CrossoverError:
        return False
    return True


def _from_redis(url: str, names: Names) -> None:
    from brokers.redis.client import remove_keys  # noqa: PLC0415 - a client library, imported on use

    remove_keys(url, names.redis, f"{names.redis}end", GOODBYE_WITHIN)


def _from_rabbitmq(url: str, names: Names) -> None:
    from brokers.rabbitmq.client import remove_names  # noqa: PLC0415

    remove_names(url, names.queues, names.exchanges, f"{names.base}.end", GOODBYE_WITHIN)
