"""What a run of Celery leaves in its broker, and how it is removed."""

from __future__ import annotations

from brokers.celery_settings import Names
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
    from brokers.redis_client import broken, connect  # noqa: PLC0415 - a client library, imported on use

    with broken(url), connect(url, f"{names.redis}end", GOODBYE_WITHIN) as client:
        for key in client.scan_iter(f"{names.redis}*", count=10_000):
            client.unlink(key)


def _from_rabbitmq(url: str, names: Names) -> None:
    from brokers.rabbitmq_client import connect  # noqa: PLC0415

    line = connect(url, f"{names.base}.end", within=GOODBYE_WITHIN)
    try:
        for queue in names.queues:
            line.ask(line.channel.queue_delete, queue)
        for exchange in names.exchanges:
            line.ask(line.channel.exchange_delete, exchange)
    finally:
        line.close()
