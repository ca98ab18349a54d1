"""A remote control command of ours: a worker reports its status, and is reserved for one producer at a time."""

from __future__ import annotations

import platform
import uuid
from contextlib import suppress
from typing import Any

import psutil
from celery.worker.control import inspect_command

from brokers.celery.settings import Names
from brokers.celery.workers.code_version import code_version
from brokers.celery.workers.environment import read_environment
from brokers.external import allowlist
from brokers.external.control import boot_id
from brokers.external.reservation import Reservation
from crossover.workers.limits import cpu
from crossover.workers.limits.memory import memory_limit

COMMAND = "crossover_about"
LEAST_BYTES = 32 * 2**20  # that a pool process may need to itself: it may not have run a task yet
INSTANCE = uuid.uuid4().hex  # another value shows that the worker was restarted


_reservation = Reservation()


@inspect_command(  # type: ignore[untyped-decorator]
    name=COMMAND, args=[("reference", str), ("borrower", str), ("seconds", float)]
)
def status(state: Any, reference: str = "", borrower: str = "", seconds: float = 0.0, **_: Any) -> dict[str, Any]:
    """Return what a producer must know before it relies on this worker.

    Args:
        state: of the worker, as Celery passes it.
        reference: the function that the producer wants to run.
        borrower: name of the producer that wants this worker for itself; nothing: it only inquires.
        seconds: for how long, from now on; 0: it releases the worker.
    """
    environment = read_environment()
    consumer = state.consumer.task_consumer
    return {
        "version": code_version(),
        "python": platform.python_version(),
        "safety": str(environment.safety),
        "permitted": allowlist.permits(environment.allow, reference),
        "since": INSTANCE,
        "boot": boot_id(),
        "cores": cpu.cpu_quota() or cpu.cores(),
        "lent": _reservation.reserve(borrower, seconds),
        "usual": state.consumer.controller.concurrency,  # what it was started with, however many it has now
        "processes": state.consumer.pool.num_processes,
        "alive": _alive(state.consumer.pool),
        "serves": bool(consumer and consumer.consuming_from(Names(environment.run, environment.safety).tasks)),
        "room": most_processes(),
    }


def most_processes() -> int | None:
    """Return how many pool processes fit into the memory of this worker's container, or None where nothing limits it.

    What they share with this process, which has forked them, is there once.
    """
    limit, pool = memory_limit(), psutil.Process().children()
    if limit is None or not pool:
        return None
    free = limit - psutil.Process().memory_info().rss
    return max(0, free) // max(LEAST_BYTES, *map(_private_bytes, pool))


def _private_bytes(process: psutil.Process) -> int:
    """Return the memory that a process has to itself; 0 where it has just ended."""
    with suppress(psutil.Error):
        return int(process.memory_full_info().uss)
    return 0


def _alive(pool: Any) -> int:
    """Return how many pool processes exist; Celery would replace missing ones only every five seconds."""
    pool.maintain_pool()
    processes = getattr(getattr(pool, "_pool", None), "_pool", None)
    return pool.num_processes if processes is None else len(processes)
