"""What each transport is expected to do under each fault, and the source of that expectation.

A cell is a string of letters: L lost, D duplicated, H hung, E an error that the producer sees. Capitals must occur;
small letters may occur, depending on the instant of the fault. An empty string: no harm.
"""

from __future__ import annotations

from collections.abc import Mapping

Row = Mapping[str, tuple[str, str]]
"""Fault → symptoms, and the source."""

MEMORY = "tasks live in the memory of processes"
LOCK = "CPython, multiprocessing/queues.py: a reader that waits in get() holds the lock of all readers"
PIPE = "CPython, multiprocessing/connection.py: tasks written ahead into a worker's pipe are lost with it"
REPLACED = "CPython, multiprocessing/pool.py: a dead worker is replaced, but its task is not repeated"
BROKEN_POOL = "Python docs, concurrent.futures: BrokenProcessPool fails all pending tasks"
PICKLED = "pickled before it is accepted (local_ipc/channels/pickling.py)"
LIMIT = "refused before it is sent (brokers/messages/batches.py)"
ANY_SIZE = "Python docs, multiprocessing: no limit below 2 GiB"
POPPED = "Redis docs, LPOP: a popped element is removed at once"
MOVED = "Redis docs, LMOVE, pattern: reliable queue"
PENDING = "Redis docs, XREADGROUP: an entry stays pending until XACK; it is not claimed at this level"
RECLAIMED = "Redis docs, XAUTOCLAIM: the pause is longer than reclaim, so tasks of living workers are claimed"
CLAIMED = "Redis docs, XCLAIM"
AOF = "Redis docs, persistence: what was written to the file survives SIGKILL, not power loss"
NO_AOF = "Redis docs, persistence: without a file everything is lost"
NOEVICTION = "Redis docs, eviction: noeviction refuses writes, also of outcomes, and then our workers end"
AUTO_ACK = "RabbitMQ docs, consumers: with automatic acknowledgement, a sent message is forgotten"
ACK = "RabbitMQ docs, consumers: unacknowledged messages are redelivered"
TRANSIENT = "RabbitMQ docs, queues: transient messages do not survive a restart"
UNCONFIRMED = "RabbitMQ docs, publishers: without confirms a publish may be lost silently"
CONFIRMED = "RabbitMQ docs, confirms and quorum queues"
BLOCKED = "RabbitMQ docs, alarms: publishers are blocked until there is room"
LOOPS = "RabbitMQ docs, consumers: a classic queue redelivers it without limit"
LIMITED = "delivered three times, then a dead letter (docs/safety.md)"
EARLY = "Celery docs, tasks: acknowledged before it runs; a dead child gives WorkerLostError"
LATE = "Celery docs, configuration: task_acks_late, task_reject_on_worker_lost"
VISIBILITY = "Celery docs, Redis: reserved tasks are redelivered after visibility_timeout"
GAP = "kombu, transport/redis.py: BRPOP removes a message before its copy is stored, so one may be lost in between"
RECONNECTS = "Celery docs, configuration: broker_connection_retry"
CONTROL = "nothing happens"
PAUSE = "shorter than every timeout"

EVERYWHERE: Row = {"none": ("", CONTROL), "pause-broker": ("", PAUSE)}
_LOCAL: Row = {
    "kill-producer": ("L", MEMORY),
    "oversize-payload": ("", ANY_SIZE),
    "unpicklable-payload": ("E", PICKLED),
}
_LOCKED: Row = {
    **_LOCAL,
    "kill-worker-busy": ("Lh", LOCK),
    "kill-worker-idle": ("lh", LOCK),  # the idle worker may not be the one that holds the lock
    "poison-task": ("Lh", LOCK),
}
_ALONE: Row = {
    "kill-producer": ("L", MEMORY),
    "poison-task": ("L", MEMORY),
    "oversize-payload": ("", ANY_SIZE),
    "unpicklable-payload": ("", "nothing is pickled"),
}
_OWN_CHANNEL: Row = {
    **_LOCAL,
    "kill-worker-busy": ("L", PIPE),
    "kill-worker-idle": ("L", PIPE),
    "poison-task": ("L", PIPE),
}
_BROKER: Row = {"oversize-payload": ("E", LIMIT), "unpicklable-payload": ("E", LIMIT)}
_POPPED: Row = {
    **_BROKER,
    "kill-worker-busy": ("L", POPPED),
    "kill-worker-idle": ("l", POPPED),
    "kill-producer": ("l", POPPED),
    "kill-broker": ("lE", AOF),
    "cut-network": ("lE", POPPED),
    "fill-broker-memory": ("le", NOEVICTION),
    "poison-task": ("L", POPPED),
}
_PENDING: Row = {
    name: (symptoms, PENDING if source == POPPED else source) for name, (symptoms, source) in _POPPED.items()
}


def _safe(source: str) -> Row:
    """Return the row of a transport that redelivers everything until it is done."""
    return {
        **_BROKER,
        "kill-worker-busy": ("d", source),
        "kill-worker-idle": ("d", source),
        "kill-worker-parent": ("d", source),
        "kill-producer": ("d", source),
        "kill-broker": ("dE", source),
        "cut-network": ("dE", source),
        "fill-broker-memory": ("de", source),
        "poison-task": ("dE", LIMITED),
    }


_CELERY: Row = {
    **_BROKER,
    "kill-worker-busy": ("E", EARLY),
    "kill-worker-idle": ("e", EARLY),
    "kill-worker-parent": ("ld", EARLY),
    "kill-producer": ("ld", EARLY),
    "kill-broker": ("ldeu", RECONNECTS),
    "cut-network": ("ldeu", RECONNECTS),
    "poison-task": ("E", EARLY),
}
ROWS: Mapping[str, Mapping[str, Row]] = {
    "serial": {"": _ALONE},
    "threads": {"": _ALONE},
    "queue": {"": _LOCKED},
    "shared-memory": {"": _LOCKED},
    "pool": {"": {**_LOCKED, "kill-worker-busy": ("Lh", REPLACED), "poison-task": ("Lh", REPLACED)}},
    "pipe": {"": _OWN_CHANNEL},
    "unix-socket": {"": _OWN_CHANNEL},
    "manager": {
        "": {
            **_LOCAL,
            "kill-worker-busy": ("L", MEMORY),
            "kill-worker-idle": ("L", MEMORY),
            "kill-broker": ("LE", MEMORY),
            "poison-task": ("L", MEMORY),
        }
    },
    "executor": {
        "": {
            **_LOCAL,
            "kill-worker-busy": ("LE", BROKEN_POOL),
            "kill-worker-idle": ("lE", BROKEN_POOL),
            "poison-task": ("LE", BROKEN_POOL),
        }
    },
    "redis-list": {
        "fast": {**_POPPED, "kill-broker": ("LE", NO_AOF)},
        "default": _POPPED,
        "safe": {**_safe(MOVED), "fill-broker-memory": ("de", NOEVICTION)},
    },
    "redis-stream": {
        "fast": {**_POPPED, "kill-broker": ("LE", NO_AOF)},
        "default": _PENDING,
        "safe": {**_safe(CLAIMED), "fill-broker-memory": ("de", NOEVICTION), "pause-broker": ("d", RECLAIMED)},
    },
    "rabbitmq": {
        "fast": {
            **_BROKER,
            "kill-worker-busy": ("L", AUTO_ACK),
            "kill-worker-idle": ("l", AUTO_ACK),
            "kill-producer": ("L", AUTO_ACK),
            "kill-broker": ("LE", TRANSIENT),
            "cut-network": ("lE", AUTO_ACK),
            "fill-broker-memory": ("", BLOCKED),
            "poison-task": ("L", AUTO_ACK),
        },
        "default": {
            **_BROKER,
            "kill-worker-busy": ("d", ACK),
            "kill-worker-idle": ("d", ACK),
            "kill-producer": ("dl", UNCONFIRMED),
            "kill-broker": ("dlE", UNCONFIRMED),
            "cut-network": ("dlE", UNCONFIRMED),
            "fill-broker-memory": ("", BLOCKED),
            "poison-task": ("Lhd", LOOPS),
        },
        "safe": {**_safe(CONFIRMED), "fill-broker-memory": ("", BLOCKED)},
    },
    "celery+redis": {
        "fast": {**_CELERY, "fill-broker-memory": ("leu", NOEVICTION)},
        "default": {**_CELERY, "fill-broker-memory": ("leu", NOEVICTION)},
        "safe": {
            **_safe(VISIBILITY),
            "kill-worker-busy": ("d", LATE),
            "kill-worker-idle": ("de", LATE),
            "kill-worker-parent": ("dl", GAP),
            "kill-producer": ("dl", GAP),
            "kill-broker": ("dle", GAP),
            "pause-broker": ("d", RECLAIMED),
            "cut-network": ("dle", GAP),
            "fill-broker-memory": ("ldeu", GAP),
        },
    },
    "celery+rabbitmq": {
        "fast": {**_CELERY, "kill-broker": ("leu", TRANSIENT), "fill-broker-memory": ("e", BLOCKED)},
        "default": {**_CELERY, "fill-broker-memory": ("e", BLOCKED)},
        "safe": {
            **_safe(LATE),
            "kill-worker-idle": ("de", LATE),
            "kill-broker": ("de", CONFIRMED),
            "cut-network": ("de", CONFIRMED),
            "fill-broker-memory": ("e", BLOCKED),
        },
    },
}
