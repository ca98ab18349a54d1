"""What a worker says about itself when a producer asks: Celery's remote control, with one command of ours."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from celery.worker.control import inspect_command

import workloads
from brokers import celery_allow, celery_environment
from crossover import __version__
from crossover.contract import tasks
from crossover.workers import loop

COMMAND = "crossover_about"


@inspect_command(name=COMMAND, args=[("reference", str)])  # type: ignore[untyped-decorator]
def about(state: Any, reference: str = "", **_: Any) -> dict[str, Any]:
    """Return what a producer must know before it relies on this worker.

    Args:
        state: the worker's.
        reference: the function that the producer wants to have run.
    """
    served = celery_environment.read()
    return {
        "version": version(),
        "safety": str(served.safety),
        "permitted": celery_allow.permits(served.allow, reference),
        "processes": state.consumer.pool.num_processes,
    }


@cache
def version() -> str:
    """Return the version of the code that runs tasks: of the package, and a hash of what a worker runs of it."""
    of_workloads = sorted(Path(str(workloads.__file__)).parent.glob("*.py"))
    of_brokers = sorted(Path(__file__).parent.glob("messages*.py"))
    read = blake2b(digest_size=4)
    for path in [*of_workloads, *of_brokers, Path(str(loop.__file__)), Path(str(tasks.__file__))]:
        read.update(path.read_bytes())
    return f"{__version__}+{read.hexdigest()}"
