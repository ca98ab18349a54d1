"""The worker's side of transports that call a function in a process of theirs (pool, executor)."""

from __future__ import annotations

import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from crossover.contract.tasks import Outcomes
from crossover.workers.lifetime import enter
from crossover.workers.loop import execute
from local_ipc.pickles import Message, hand_outcomes, take

_run: Callable[[Any], Any] | None = None  # both are set once in each worker's process
_worker = 0


def initialise(reference: str, said: Connection) -> None:
    """Begin a worker's life: the initializer of its process.

    Args:
        reference: "package.module:function".
        said: from `Readiness`.
    """
    global _run, _worker
    _run, _worker = enter(reference, said), os.getpid()


def call(message: Message) -> Message:
    """Run a packed batch and return its packed outcomes."""
    found = take(message)
    if isinstance(found, Outcomes):  # the batch could not be unpickled
        return hand_outcomes(found)
    assert _run is not None
    return hand_outcomes(execute(found, _run, _worker))
