"""The version of the code that runs tasks: a producer relies on external workers only if they run the same."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

import celery

from crossover import __version__
from workloads import catalogue

TASK_CODE = (
    "workloads.base",
    "workloads.catalogue",
    "workloads.user_modules",
    *(f"workloads.{name}" for name in catalogue.NAMES),
    "crossover.contract.tasks",
    "crossover.workers.loop",
    "crossover.workers.prints",
    "brokers.poison",
    "brokers.messages",
    "brokers.messages.batches",
    "brokers.messages.conversions",
    "brokers.messages.extensions",
    "brokers.messages.outcomes",
    "brokers.messages.values",
    "brokers.celery.app",
    "brokers.celery.broker",
    "brokers.celery.envelopes",
    "brokers.celery.envelopes.amqp_transport",
    "brokers.celery.envelopes.kombu_parts",
    "brokers.celery.envelopes.redis_transport",
    "brokers.celery.envelopes.result_backends",
    "brokers.celery.envelopes.task_envelopes",
    "brokers.celery.output",
    "brokers.celery.over_rabbitmq",
    "brokers.celery.over_redis",
    "brokers.celery.results",
    "brokers.celery.results.backend",
    "brokers.celery.results.in_rabbitmq",
    "brokers.celery.results.in_redis",
    "brokers.celery.settings",
    "brokers.celery.workers.code_version",
    "brokers.celery.workers.consumer",
    "brokers.celery.workers.environment",
    "brokers.celery.workers.status",
    "brokers.celery.variables",
    "brokers.external.allowlist",
    "brokers.external.control",
    "brokers.external.reservation",
)
"""The modules that decide how a Celery worker runs a task; a test compares them with those that a worker loads."""


@cache
def code_version() -> str:
    """Return version and hash of our code that runs tasks, and Celery's version.

    Python's version is compared for itself.
    """
    content = blake2b(digest_size=4)
    for module in TASK_CODE:
        content.update(_source(module))
    return f"{__version__}+{content.hexdigest()}, Celery {celery.__version__}"


def _source(module: str) -> bytes:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ImportError(f"{module} has no source file")
    return Path(spec.origin).read_bytes()
