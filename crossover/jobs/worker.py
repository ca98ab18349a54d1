"""A worker process of an executor: takes one call at a time from its pipe, and answers each."""

from __future__ import annotations

import logging
import resource
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

from crossover.jobs.outcomes import CANNOT_START, READY, error_message, perform
from crossover.workers.processes.lifetime import die_with_parent

LAST = b"L"
"""Follows the outcome of the last task that a worker does."""
KIB = 1 if sys.platform == "darwin" else 2**10


class WorkerLimits(NamedTuple):
    """When a worker is replaced.

    Attributes:
        tasks: after this number of tasks; 0: never.
        memory: after a task with which its memory has exceeded this number of bytes; 0: never.
    """

    tasks: int = 0
    memory: int = 0

    def reached(self, done: int) -> bool:
        """Return whether this process must be replaced after a number of tasks."""
        if self.tasks and done >= self.tasks:
            return True
        return bool(self.memory) and resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB > self.memory


def work(connection: Connection, setup: tuple[Callable[..., Any], tuple[Any, ...]] | None, limits: WorkerLimits) -> None:
    """Do calls until the pipe is closed, or an empty message comes.

    Args:
        connection: to the executor.
        setup: initializer and its arguments.
        limits: when this process is replaced.
    """
    die_with_parent()
    if setup is not None:
        try:
            setup[0](*setup[1])
        except BaseException as error:
            logging.getLogger("concurrent.futures").critical("Exception in initializer:", exc_info=True)
            connection.send_bytes(CANNOT_START + error_message(error))
            return
    connection.send_bytes(READY)
    done = 0
    while True:
        try:
            message = connection.recv_bytes()
        except (EOFError, OSError):
            return
        if not message:
            return
        outcome = perform(message)
        done += 1
        connection.send_bytes(outcome)
        if limits.reached(done):
            connection.send_bytes(LAST)
            return
