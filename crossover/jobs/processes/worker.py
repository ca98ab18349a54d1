"""A worker process of an executor: takes one call at a time, and answers each."""

from __future__ import annotations

import logging
import resource
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from crossover.contract.errors import StartError
from crossover.jobs.outcomes import CANNOT_START, READY, error_message, perform
from crossover.jobs.processes.channel import Message
from crossover.jobs.processes.segment import LARGE, SHARED, Segment
from crossover.jobs.processes.tickets import Inbox
from crossover.workers.processes.parent_end import die_with_parent

LAST = b"L"
"""Comes before the outcome of the last task that a worker does: it is given no other."""
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


def work(pipe: socket.socket, tickets: socket.socket, setup: WorkerSetup, segment: Segment | None = None) -> None:
    """Do calls until the pipe is closed, or an empty message comes.

    Args:
        pipe: to the executor.
        tickets: for the calls that come through it.
        setup: what to do.
        segment: memory that is shared with the executor, for large payloads.
    """
    die_with_parent()
    inbox = Inbox(pipe, tickets)
    if setup.initializer is not None:
        try:
            setup.initializer(*setup.initargs)
        except BaseException as error:
            if not isinstance(error, StartError):  # which is ours: its sentence says all
                logging.getLogger("concurrent.futures").critical("Exception in initializer:", exc_info=True)
            inbox.send(CANNOT_START + error_message(error))
            return
    with suppress(EOFError, OSError):  # the executor is gone
        inbox.send(READY)
        done = 0
        is_last = False
        while not is_last and (message := inbox.take()):
            outcome = _outcome(message, setup.perform, segment)
            del message
            done += 1
            if is_last := setup.limits.reached(done):
                inbox.send(LAST)
            inbox.send(outcome)
            del outcome


def _outcome(message: Message, perform: Callable[[Any], bytes], segment: Segment | None) -> bytes:
    """Return the outcome of a call, or the message that says where in the shared memory it is."""
    if segment is None:
        return perform(message)
    is_ours = message[:1] == SHARED  # the executor has sent it while the worker had no other call
    if is_ours:
        with segment.read(message) as call:
            outcome = perform(call)
    else:
        outcome = perform(message)
    if len(outcome) >= LARGE and (is_ours or segment.is_free()) and (short := segment.write(outcome)):
        return short
    if is_ours:
        segment.done()
    return outcome
