"""Celery's settings, the same for the producer and for every worker: stock ones, except for what is said here."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from brokers.celery import client_settings
from brokers.celery.client_settings import EVERYWHERE, LEVELS, TUNED, merged, seen_again
from brokers.celery.serializer import NAME
from crossover.contract.errors import UsageError
from crossover.contract.safety import Safety

TASK = "crossover.run"
AROUND = 2**16  # bytes that Celery writes around a message, at most
EXTERNAL = "external"  # the run of workers that somebody else started
SERVERS = {"celery+redis": "redis", "celery+rabbitmq": "rabbitmq"}
OVERRULING = ("CELERY_BROKER_URL", "CELERY_BROKER_READ_URL", "CELERY_BROKER_WRITE_URL", "CELERY_RESULT_BACKEND")


class Names:
    """What a run is called in its broker; whoever expects another safety level is another application.

    Attributes:
        redis: what each key begins with.
        base: what each queue and each exchange contains.
        tasks, results: the queues of the two ways.
        exchanges: what Celery declares.
    """

    def __init__(self, run: str, safety: Safety) -> None:
        self.redis = f"crossover:{run}:{safety}:"
        self.base = f"crossover.{run}.{safety}"
        self.tasks = f"{self.base}.tasks"
        self.results = f"{self.base}.results"
        self.queues = (self.tasks, self.results)
        self.exchanges = (self.tasks, f"{self.base}.pidbox", f"reply.{self.base}.pidbox", f"{self.base}.events")


def settings(
    server: str, url: str, safety: Safety, run: str, visibility: int = 0, *, tuned: bool = False
) -> dict[str, Any]:
    """Return Celery's settings.

    Args:
        server: redis or rabbitmq.
        url: of the server, as in our variables.
        safety: the level.
        run: the name of the run.
        visibility: seconds, over Redis; 0 is Celery's.
        tuned: whether it is for workers that do without what is not needed.

    Raises:
        UsageError: the environment says something else, and Celery would follow it in silence.
    """
    if problem := overruled():
        raise UsageError(problem)
    names = Names(run, safety)
    found: dict[str, Any] = {
        "broker_url": url,
        "result_backend": "rpc://",
        "task_serializer": NAME,
        "result_serializer": NAME,
        "accept_content": [NAME, "json"],  # JSON is for events and remote control
        "task_default_queue": names.tasks,
        "control_exchange": names.base,
        "event_exchange": f"{names.base}.events",
        "event_queue_prefix": f"{names.base}.events",
        "worker_consumer": "brokers.celery.workers.consumer:RunConsumer",
        **EVERYWHERE,
        **(client_settings.EXTERNAL if run == EXTERNAL else {}),
        **LEVELS.get((server, safety), {}),
    }
    if tuned:
        found = merged(found, TUNED[server])
    if server == "redis":
        prefix = {"global_keyprefix": names.redis}
        of_redis = {"broker_transport_options": prefix, "result_backend_transport_options": prefix}
        found["broker_url"] = found["result_backend"] = redis_url(url)
        return merged(merged(found, of_redis), seen_again(visibility) if visibility else {})
    return found if run == EXTERNAL else {**found, **_vanishing(names, found.get("task_default_queue_type"))}


def _vanishing(names: Names, kind: str | None) -> dict[str, Any]:
    """Return what lets RabbitMQ remove the queues of a run whose producer was killed, and the exchange of its tasks.

    Nothing of workers that others have started vanishes: they may come back later.

    Args:
        names: of the run.
        kind: of the queue of tasks; None is Celery's.
    """
    from kombu.entity import Exchange, Queue  # noqa: PLC0415 - imported on use

    from brokers.rabbitmq.queues import UNUSED_FOR  # noqa: PLC0415

    # an exchange cannot expire; this one is removed with the last queue that was bound to it
    exchange = Exchange(names.tasks, "direct", auto_delete=True)  # type: ignore[no-untyped-call]
    tasks = Queue(  # type: ignore[no-untyped-call]
        names.tasks,
        exchange,
        names.tasks,
        expires=UNUSED_FOR / 1_000,
        queue_arguments={"x-queue-type": kind} if kind else None,
    )
    return {"task_queues": [tasks], "result_expires": UNUSED_FOR / 1_000}  # Celery: a day


def overruled() -> str | None:
    """Return which variable of the environment would decide over us, or None."""
    for variable in OVERRULING:
        if os.environ.get(variable):
            return f"{variable} is set, and Celery would follow it instead of us: unset it"
    return None


def redis_url(url: str) -> str:
    """Return the URL of a Redis as Celery reads it."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    if parts.scheme == "unix":
        query["virtual_host"] = query.pop("db", "0")
        return parts._replace(scheme="redis+socket", query=urlencode(query)).geturl()
    if parts.scheme == "rediss":
        query.setdefault("ssl_cert_reqs", "required")  # as in redis-py, which Celery wants to be told
        return parts._replace(query=urlencode(query)).geturl()
    return url


def largest(server: str, url: str) -> int:
    """Return how many bytes of ours fit into one message of Celery's."""
    if server == "redis":
        from brokers.redis.client import LARGEST_MESSAGE  # noqa: PLC0415 - a client library, imported on use

        return (LARGEST_MESSAGE - AROUND) // 4 * 3  # kombu writes it as base64
    from brokers.rabbitmq.client import connect, limit  # noqa: PLC0415

    line = connect(url, "crossover.facts")
    try:
        return limit(line) - AROUND
    finally:
        line.close()
