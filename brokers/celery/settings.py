"""Celery settings that do not depend on the broker; after each, the default of Celery that it replaces.

These mappings are both what is used and what `crossover doctor` shows. Settings that depend on the broker:
brokers/celery/over_redis.py and brokers/celery/over_rabbitmq.py.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from celery.loaders.app import AppLoader
from kombu.serialization import register

from brokers.celery.variables import OVERRIDING_VARIABLES
from brokers.messages import decode, encode_extended
from crossover.contract.safety import Safety
from crossover.workers.processes.start_timeout import start_timeout

TASK = "crossover.run"  # name of the Celery task of comparisons; each message carries a batch of ours
CALL = "crossover.call"  # that of executors; each message carries a call
ROLL_CALL = "crossover_roll_call"  # remote control: which calls of an executor a worker has
BEGUN = "BEGUN"  # state of a call that runs; Celery's own STARTED costs a result for each, however short
EXTERNAL = "external"  # the run that workers serve which the user has started
ENVELOPE_BYTES = 2**16  # that Celery adds to a message of ours, at most
CONNECT_WITHIN = 4.0  # seconds
ANSWER_WITHIN = 6.0  # seconds for one answer of the server

SERIALIZER = "crossover-msgpack"  # never pickle; kombu's own msgpack refuses large integers and lone surrogates
CONTENT_TYPE = "application/x-crossover-msgpack"
register(SERIALIZER, encode_extended, decode, CONTENT_TYPE, "binary")

EVERYWHERE: Mapping[str, Any] = {
    "worker_proc_alive_timeout": start_timeout(),  # Celery: 4 s, too short for a large import on a busy machine
    "broker_connection_retry_on_startup": True,  # as in Celery, which warns if it is not set
}
"""At every safety level, for the producer and for every worker."""

SAFE: Mapping[str, Any] = {
    "task_acks_late": True,  # Celery: acknowledged before the work
    "task_reject_on_worker_lost": True,  # Celery: a task whose process was killed is not run again
    "result_persistent": True,  # Celery: not with rpc://
}
"""At the safe level, over every broker."""

EXTERNAL_WORKERS: Mapping[str, Any] = {"result_expires": 600.0}  # Celery: a day
"""With external workers: results of a run that was killed do not stay for long."""

SEND_EXTERNAL: Mapping[str, Any] = {"expires": 3_600.0}  # Celery: never; a worker that comes back drops older tasks
"""Further options of each `send_task` to external workers."""

RETRIES: Mapping[str, Any] = {
    "max_retries": 1,  # Celery: 20
    "interval_start": 0,  # as in Celery
    "interval_step": 1,  # as in Celery
    "interval_max": 1,  # as in Celery
}
"""How often the producer tries again to reach the result backend."""

WORKER_FLAGS: Mapping[str, str] = {
    "--loglevel": "ERROR",  # Celery: WARNING
    "--without-mingle": "",  # Celery: waits a second at the start for other workers; the run has none
    "--without-gossip": "",  # Celery: listens to the events of other workers
}
"""Flags of a private worker, in addition to --concurrency, --prefetch-multiplier and --hostname."""

TUNED_SEND: Mapping[str, Any] = {
    "declare": (),  # Celery: the queue, for each task; it is declared once for each connection
    "add_to_parent": False,  # Celery: looks for the task that sends this one; none does
}
"""Further options of each `send_task` with `tuned=yes`."""

TUNED_FLAGS: Mapping[str, str] = {
    "--prefetch-multiplier": "64",  # Celery: 4; a worker that dies has taken more, which is lost or repeated as before
    "--without-heartbeat": "",  # Celery: an event every two seconds, which no process listens to
}
"""Further flags of a private worker with `tuned=yes`."""


class Names:
    """Names of a run in its broker. Each safety level is a separate application.

    Attributes:
        run: name of the run.
        safety: the level.
        key_prefix: of each key in Redis.
        base: what the name of each queue and each exchange contains.
        tasks: queue of tasks.
        results: queue of results.
        queues: both.
        exchanges: those that Celery declares.
    """

    def __init__(self, run: str, safety: Safety) -> None:
        self.run = run
        self.safety = safety
        self.key_prefix = f"crossover:{run}:{safety}:"
        self.base = f"crossover.{run}.{safety}"
        self.tasks = f"{self.base}.tasks"
        self.results = f"{self.base}.results"
        self.queues = (self.tasks, self.results)
        self.exchanges = (self.tasks, f"{self.base}.pidbox", f"reply.{self.base}.pidbox", f"{self.base}.events")


class Loader(AppLoader):  # type: ignore[misc]
    """Loads no configuration of the user's (CELERY_CONFIG_MODULE), and nothing from the current folder."""

    def read_configuration(self, env: str = "") -> dict[str, Any]:
        """Return no settings."""
        return {}

    def import_from_cwd(self, module: str, imp: Any = None, package: str | None = None) -> Any:
        """Import a module as this process does; Celery would search the current folder first."""
        return self.import_module(module, package=package)


def common_settings(names: Names) -> dict[str, Any]:
    """Return the settings of a run that are the same over every broker."""
    return {
        "task_serializer": SERIALIZER,
        "result_serializer": SERIALIZER,
        "accept_content": [SERIALIZER, "json"],  # JSON is for events and remote control
        "task_default_queue": names.tasks,
        "control_exchange": names.base,
        "event_exchange": f"{names.base}.events",
        "event_queue_prefix": f"{names.base}.events",
        "worker_consumer": "brokers.celery.workers.consumer:RunConsumer",
        **EVERYWHERE,
        **(EXTERNAL_WORKERS if names.run == EXTERNAL else {}),
    }


def why_overridden() -> str | None:
    """Return which environment variable would override our settings, in a sentence, or None."""
    for variable in OVERRIDING_VARIABLES:
        if os.environ.get(variable):
            return f"{variable} is set, and Celery would use it instead of our setting: unset it"
    return None


def merged(settings: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with more; values that are mappings themselves (transport options) are merged, too."""
    joined = {name: {**settings.get(name, {}), **value} for name, value in more.items() if isinstance(value, Mapping)}
    return {**settings, **more, **joined}
