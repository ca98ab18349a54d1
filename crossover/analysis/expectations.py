"""What is expected of each transport under each fault, and from which source; measured cells are held against it.

A cell is letters: L lost, D duplicated, H hung, E an error that the producer sees. Capitals must be seen, small ones
may be (whether they are depends on the instant of the strike). Nothing: no harm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from crossover.contract.safety import Safety
from crossover.contract.safety_records import SYMPTOMS, SafetyRun

MEMORY = "tasks live in the memory of processes"
LOCK = "CPython, multiprocessing/queues.py: whoever waits in get() holds the lock of all readers"
PIPE = "CPython, multiprocessing/connection.py: what was written ahead into a worker's pipe dies with it"
REPLACED = "CPython, multiprocessing/pool.py: a dead worker is replaced, and its task forgotten"
BROKEN_POOL = "Python docs, concurrent.futures: BrokenProcessPool fails everything under way"
PICKLED = "pickled before it is accepted (local_ipc/pickles.py)"
LIMIT = "refused before it is sent (brokers/messages_batches.py)"
ANY_SIZE = "Python docs, multiprocessing: no limit below 2 GiB"
POPPED = "Redis docs, LPOP: popped is gone"
MOVED = "Redis docs, LMOVE, pattern: reliable queue"
PENDING = "Redis docs, XREADGROUP: an entry stays pending until XACK; nobody claims it at this level"
CLAIMED = "Redis docs, XCLAIM"
AOF = "Redis docs, persistence: what was written to the file survives SIGKILL, not power loss"
NO_AOF = "Redis docs, persistence: without a file all is gone"
NOEVICTION = "Redis docs, eviction: noeviction refuses writes"
AUTO_ACK = "RabbitMQ docs, consumers: with automatic acknowledgement, sent is gone"
ACK = "RabbitMQ docs, consumers: what was not acknowledged is delivered again"
TRANSIENT = "RabbitMQ docs, queues: transient messages do not survive a restart"
UNCONFIRMED = "RabbitMQ docs, publishers: without confirms a publish may be lost in silence"
CONFIRMED = "RabbitMQ docs, confirms and quorum queues"
BLOCKED = "RabbitMQ docs, alarms: publishers are blocked until there is room"
LOOPS = "RabbitMQ docs, consumers: a classic queue delivers it again and again"
LIMITED = "delivered three times, then kept aside (docs/safety.md)"
EARLY = "Celery docs, tasks: acknowledged before it runs; WorkerLostError tells of a dead child"
LATE = "Celery docs, configuration: task_acks_late, task_reject_on_worker_lost"
VISIBILITY = "Celery docs, Redis: reserved tasks come back after visibility_timeout"
RECONNECTS = "Celery docs, configuration: broker_connection_retry"
CONTROL = "nothing happens"
PAUSE = "shorter than every timeout"


class Expectation(NamedTuple):
    """What is expected of a cell.

    Attributes:
        symptoms: letters, as above.
        source: who says so.
    """

    symptoms: str
    source: str


Row = Mapping[str, tuple[str, str]]


def expected(transport: str, level: str, fault: str) -> Expectation | None:
    """Return what is expected of a cell; None where nobody has said anything."""
    rows = _ROWS.get(transport, {})
    row: Row = {**_EVERYWHERE, **rows.get("", {}), **rows.get(level, {})}
    return Expectation(*row[fault]) if fault in row else None


def difference(symptoms: str, expectation: Expectation | None) -> str:
    """Return in words how a cell differs from what is expected of it; nothing where it does not.

    Args:
        symptoms: what was seen, capital letters.
        expectation: of `expected`.
    """
    if expectation is None:
        return ""
    more = [letter for letter in symptoms if letter not in expectation.symptoms.upper()]
    less = [letter for letter in expectation.symptoms if letter.isupper() and letter not in symptoms]
    said = [f"{SYMPTOMS[letter]}, not expected" for letter in more]
    return ", ".join(said + [f"not {SYMPTOMS[letter]}, which was expected" for letter in less])


def broken_promises(runs: Sequence[SafetyRun]) -> list[SafetyRun]:
    """Return the runs in which something was lost at a level that promises at least once."""
    return [run for run in runs if run.safety == Safety.SAFE and run.delivery.lost]


_EVERYWHERE: Row = {"none": ("", CONTROL), "pause-broker": ("", PAUSE)}
_LOCAL: Row = {
    "kill-producer": ("L", MEMORY),
    "oversize-payload": ("", ANY_SIZE),
    "unpicklable-payload": ("E", PICKLED),
}
_LOCKED: Row = {
    **_LOCAL,
    "kill-worker-busy": ("Lh", LOCK),
    "kill-worker-idle": ("LH", LOCK),
    "poison-task": ("Lh", LOCK),
}
_ALONE: Row = {
    "kill-producer": ("L", MEMORY),
    "poison-task": ("L", MEMORY),
    "oversize-payload": ("", ANY_SIZE),
    "unpicklable-payload": ("", "nothing is pickled"),
}
_BROKER: Row = {"oversize-payload": ("E", LIMIT), "unpicklable-payload": ("E", LIMIT)}
_POPPED: Row = {
    **_BROKER,
    "kill-worker-busy": ("L", POPPED),
    "kill-worker-idle": ("l", POPPED),
    "kill-producer": ("L", POPPED),
    "kill-broker": ("lE", AOF),
    "cut-network": ("lE", POPPED),
    "fill-broker-memory": ("lE", NOEVICTION),
    "poison-task": ("L", POPPED),
}
_PENDING: Row = {
    name: (symptoms, PENDING if source == POPPED else source) for name, (symptoms, source) in _POPPED.items()
}


def _safe(source: str) -> Row:
    """Return what is expected where everything is delivered again until it is done."""
    return {
        **_BROKER,
        "kill-worker-busy": ("d", source),
        "kill-worker-idle": ("d", source),
        "kill-worker-parent": ("d", source),
        "kill-producer": ("d", source),
        "kill-broker": ("dE", source),
        "cut-network": ("dE", source),
        "fill-broker-memory": ("dE", source),
        "poison-task": ("dE", LIMITED),
    }


_CELERY: Row = {
    **_BROKER,
    "kill-worker-busy": ("E", EARLY),
    "kill-worker-idle": ("e", EARLY),
    "kill-worker-parent": ("L", EARLY),
    "kill-producer": ("L", EARLY),
    "kill-broker": ("le", RECONNECTS),
    "cut-network": ("le", RECONNECTS),
    "poison-task": ("E", EARLY),
}
_ROWS: Mapping[str, Mapping[str, Row]] = {
    "serial": {"": _ALONE},
    "threads": {"": _ALONE},
    "queue": {"": _LOCKED},
    "shared-memory": {"": _LOCKED},
    "pool": {"": {**_LOCKED, "kill-worker-busy": ("Lh", REPLACED), "poison-task": ("Lh", REPLACED)}},
    "pipe": {
        "": {
            **_LOCAL,
            "kill-worker-busy": ("L", PIPE),
            "kill-worker-idle": ("L", PIPE),
            "poison-task": ("L", PIPE),
        }
    },
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
        "safe": {**_safe(MOVED), "fill-broker-memory": ("dE", NOEVICTION)},
    },
    "redis-stream": {
        "fast": {**_POPPED, "kill-broker": ("LE", NO_AOF)},
        "default": _PENDING,
        "safe": {**_safe(CLAIMED), "fill-broker-memory": ("dE", NOEVICTION)},
    },
    "rabbitmq": {
        "fast": {
            **_BROKER,
            "kill-worker-busy": ("L", AUTO_ACK),
            "kill-worker-idle": ("l", AUTO_ACK),
            "kill-producer": ("L", AUTO_ACK),
            "kill-broker": ("LE", TRANSIENT),
            "cut-network": ("LE", AUTO_ACK),
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
        "fast": {**_CELERY, "fill-broker-memory": ("le", NOEVICTION)},
        "default": {**_CELERY, "fill-broker-memory": ("le", NOEVICTION)},
        "safe": {
            **_safe(VISIBILITY),
            "kill-worker-busy": ("d", LATE),
            "kill-worker-idle": ("de", LATE),
            "kill-broker": ("de", VISIBILITY),
            "cut-network": ("de", VISIBILITY),
            "fill-broker-memory": ("de", NOEVICTION),
        },
    },
    "celery+rabbitmq": {
        "fast": {**_CELERY, "kill-broker": ("Le", TRANSIENT), "fill-broker-memory": ("e", BLOCKED)},
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
