"""What we tell Celery, kombu and their clients, beside the names of a run; beside each, what it would be without us.

These mappings are what is used and what `crossover doctor` shows.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Mapping
from typing import Any

from crossover.contract.safety import Safety
from crossover.workers.lifetime import READY_WITHIN

CONNECT_WITHIN = 4.0  # seconds
ANSWER_WITHIN = 6.0  # seconds for one answer of the server

EVERYWHERE: Mapping[str, Any] = {
    "worker_proc_alive_timeout": READY_WITHIN,  # Celery: 4 s, too little for a large import on a busy machine
    "broker_connection_retry_on_startup": True,  # as in Celery, which warns where it is not said
}
"""At every level, for the producer and for every worker."""

SAFE: Mapping[str, Any] = {
    "task_acks_late": True,  # Celery: acknowledged before the work
    "task_reject_on_worker_lost": True,  # Celery: a task whose process was killed is not done again
    "result_persistent": True,  # Celery: not with rpc://
}
LEVELS: Mapping[tuple[str, Safety], Mapping[str, Any]] = {
    ("redis", Safety.FAST): {
        "broker_transport_options": {"ack_emulation": False}
    },  # kombu: a copy of what is under way
    ("redis", Safety.SAFE): SAFE,
    ("rabbitmq", Safety.FAST): {"task_default_delivery_mode": 1},  # Celery: 2, on disk
    ("rabbitmq", Safety.SAFE): {
        **SAFE,
        "task_default_queue_type": "quorum",  # Celery: classic
        "broker_transport_options": {"confirm_publish": True},  # kombu: nothing is confirmed
    },
}
"""What each level sets; the default level, nothing."""

EXTERNAL: Mapping[str, Any] = {"result_expires": 600.0}  # Celery: a day
"""Where somebody else has started the workers: nothing of a run that was killed stays for long."""

WORKER: Mapping[str, str] = {
    "--loglevel": "ERROR",  # Celery: WARNING
    "--without-mingle": "",  # Celery: a second at the start to look for others; nobody else belongs to the run
    "--without-gossip": "",  # Celery: listens to the events of others
}
"""Flags of the worker that we start, beside --concurrency, --prefetch-multiplier and --hostname."""

TUNED: Mapping[str, Mapping[str, Any]] = {
    "redis": {
        "worker_disable_rate_limits": True,  # Celery: looks whether each task has one
        "worker_enable_remote_control": False,  # Celery: True; nobody asks workers of our own
        "broker_transport_options": {"priority_steps": [0]},  # kombu: 0, 3, 6, 9; each is a list that is looked at
    },
    "rabbitmq": {
        "worker_disable_rate_limits": True,  # Celery: False
        "worker_enable_remote_control": False,  # Celery: True
    },
}
"""Where `tuned=yes` is in the URL, for the workers that we start: what costs something and is not needed here.

Nothing of it changes what a level promises.
"""

TUNED_WORKER: Mapping[str, str] = {
    "--prefetch-multiplier": "64",  # Celery: 4; a worker that dies has taken more, which is lost or repeated as before
    "--without-heartbeat": "",  # Celery: an event every two seconds, which nobody hears
}
"""Their flags."""

RETRIES: Mapping[str, Any] = {
    "max_retries": 1,  # Celery: 20
    "interval_start": 0,  # as in Celery
    "interval_step": 1,  # as in Celery
    "interval_max": 1,  # as in Celery
}
PRODUCER: Mapping[str, Mapping[str, Any]] = {
    "redis": {
        "result_backend_thread_safe": True,  # Celery: False; a backend, and a connection, for each thread
        "redis_socket_connect_timeout": CONNECT_WITHIN,  # Celery: none
        "redis_socket_timeout": ANSWER_WITHIN,  # Celery: 120 s
        "result_backend_transport_options": {"retry_policy": RETRIES},
        "broker_transport_options": {
            "socket_connect_timeout": CONNECT_WITHIN,  # kombu: none
            "socket_timeout": ANSWER_WITHIN,  # kombu: none
            "max_retries": 1,  # kombu: for ever
        },
    },
    "rabbitmq": {
        "result_backend_thread_safe": True,  # Celery: False
        "result_backend_transport_options": {"retry_policy": RETRIES},
        "broker_transport_options": {
            "read_timeout": ANSWER_WITHIN,  # kombu: none
            "write_timeout": ANSWER_WITHIN,  # kombu: none
            "max_retries": 1,  # kombu: for ever
        },
    },
}
"""What the producer is told: it must notice a server that has gone, and never wait for ever."""

SEND: Mapping[str, Mapping[str, Any]] = {
    "redis": {"retry": False},  # Celery: True, three times; what was sent twice would be done twice
    "rabbitmq": {"retry": False, "confirm_timeout": ANSWER_WITHIN},  # kombu: none
}
"""Options of each `send_task`."""

SEND_EXTERNAL: Mapping[str, Any] = {"expires": 3_600.0}  # Celery: never; a worker that comes back drops what is older
"""... and more of them where somebody else has started the workers."""


def seen_again(after: int) -> dict[str, Any]:
    """Return what brings messages back, over Redis, that a killed worker had taken.

    Args:
        after: seconds from when they were taken, be they under way still.
    """
    return {
        "broker_transport_options": {
            "visibility_timeout": after,  # kombu: 3600 s
            "unacked_restore_interval": 1,  # kombu: 10 s between two looks at them, and ...
            "unacked_restore_throttle": 1,  # ... 10: it looks every tenth time only
            "unacked_mutex_expire": 2,  # kombu: 300 s that nobody looks where a worker was killed while it did
        }
    }


def merged(settings: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with more; those that are mappings themselves (transport options) are joined."""
    joined = {name: {**settings.get(name, {}), **value} for name, value in more.items() if isinstance(value, Mapping)}
    return {**settings, **more, **joined}


def shown() -> dict[str, str]:
    """Return who is told → what, in words."""
    versions = ", ".join(f"{library} {importlib.metadata.version(library)}" for library in ("celery", "kombu"))
    found = {versions: EVERYWHERE, "celery worker": WORKER, "workers=external": {**EXTERNAL, **SEND_EXTERNAL}}
    found |= {f"celery+{server}": {**PRODUCER[server], **SEND[server]} for server in PRODUCER}
    found |= {f"celery+{server}?tuned=yes": {**TUNED[server], **TUNED_WORKER} for server in TUNED}
    found |= {f"celery+{server}, {level}": settings for (server, level), settings in LEVELS.items()}
    return {who: _in_words(settings) for who, settings in found.items()}


def _in_words(settings: Mapping[str, Any]) -> str:
    said = {name: f"({_in_words(value)})" if isinstance(value, Mapping) else value for name, value in settings.items()}
    return ", ".join(f"{name} {value}".strip() for name, value in said.items())
