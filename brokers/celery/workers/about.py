"""What a worker says about itself when a producer asks, and whom it is lent to: a command of ours."""

from __future__ import annotations

import platform
import time
import uuid
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import celery
from celery.worker.control import inspect_command

import workloads
from brokers.celery.settings import Names
from brokers.celery.workers import allow, environment
from brokers.celery.workers.capacity import room
from crossover import __version__
from crossover.contract import tasks
from crossover.workers import loop

COMMAND = "crossover_about"
SINCE = uuid.uuid4().hex  # another one tells that a worker has been started again


class _Lending:
    """Whom this worker is lent to, until when: a borrower that is killed says nothing, and is forgotten."""

    def __init__(self) -> None:
        self._borrower = ""
        self._until = 0.0

    def to(self, borrower: str, seconds: float) -> str:
        """Lend it to who asks, if it is free; return who has it."""
        now = time.monotonic()
        free = now > self._until or self._borrower == borrower
        if borrower and free:
            self._borrower, self._until = borrower, now + seconds
        return self._borrower if now < self._until else ""


_lending = _Lending()


@inspect_command(  # type: ignore[untyped-decorator]
    name=COMMAND, args=[("reference", str), ("borrower", str), ("seconds", float)]
)
def about(state: Any, reference: str = "", borrower: str = "", seconds: float = 0.0, **_: Any) -> dict[str, Any]:
    """Return what a producer must know before it relies on this worker.

    Args:
        state: the worker's.
        reference: the function that the producer wants to have run.
        borrower: who wants to have this worker for itself; nobody: who only asks.
        seconds: for how long, from now on; 0: it gives it back.
    """
    served = environment.read()
    consumer = state.consumer.task_consumer
    return {
        "version": version(),
        "python": platform.python_version(),
        "safety": str(served.safety),
        "permitted": allow.permits(served.allow, reference),
        "since": SINCE,
        "lent": _lending.to(borrower, seconds),
        "usual": state.consumer.controller.concurrency,  # what it was started with, however many it has now
        "processes": state.consumer.pool.num_processes,
        "alive": _alive(state.consumer.pool),
        "serves": bool(consumer and consumer.consuming_from(Names(served.run, served.safety).tasks)),
        "room": room(),
    }


def _alive(pool: Any) -> int:
    """Return how many processes there are: Celery makes as many as there should be every five seconds only."""
    pool.maintain_pool()
    processes = getattr(getattr(pool, "_pool", None), "_pool", None)
    return pool.num_processes if processes is None else len(processes)


@cache
def version() -> str:
    """Return the version of the code that runs tasks: of the package, of what a worker runs of it (a hash), of Celery.

    Python's is not in it: a container's is seldom that of the host.
    """
    of_workloads = Path(str(workloads.__file__)).parent.glob("*.py")
    brokers = Path(__file__).parents[2]
    of_ours = [*(brokers / "celery").rglob("*.py"), *(brokers / "messages").glob("*.py")]
    paths = [*of_workloads, *of_ours, Path(str(loop.__file__))]
    read = blake2b(digest_size=4)
    for path in [*sorted(paths), Path(str(tasks.__file__))]:
        read.update(path.read_bytes())
    return f"{__version__}+{read.hexdigest()}, Celery {celery.__version__}"
