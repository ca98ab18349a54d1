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
"""Comes before the outcome of the last task that a worker does: with the outcome it would get another one."""
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


class WorkerSetup(NamedTuple):
    """What a worker does.

    Attributes:
        initializer: called once, before the first call; None: nothing.
        initargs: its arguments.
        perform: does the call in a message, and returns the message with its outcome; raises nothing.
        limits: when the worker is replaced.
    """

    initializer: Callable[..., Any] | None = None
    initargs: tuple[Any, ...] = ()
    perform: Callable[[bytes], bytes] = perform
    limits: WorkerLimits = WorkerLimits()


def work(connection: Connection, setup: WorkerSetup) -> None:
    """Do calls until the pipe is closed, or an empty message comes.

    Args:
        connection: to the executor.
        setup: what to do.
    """
    die_with_parent()
    if setup.initializer is not None:
        try:
            setup.initializer(*setup.initargs)
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
        outcome = setup.perform(message)
        done += 1
        is_last = setup.limits.reached(done)
        if is_last:
            connection.send_bytes(LAST)
        connection.send_bytes(outcome)
        if is_last:
            return
