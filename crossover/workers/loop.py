"""The one worker loop: receive, run, reply, acknowledge."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from crossover.contract.inbox import Inbox
from crossover.contract.tasks import NO_ERRORS, Batch, Outcomes
from crossover.contract.text import describe
from crossover.recording import journal


def work(inbox: Inbox, run: Callable[[Any], Any]) -> None:
    """Serve an inbox until it is closed.

    Args:
        inbox: where tasks come from and outcomes go.
        run: called with one payload at a time.
    """
    worker = os.getpid()
    receive, reply, acknowledge = inbox.receive, inbox.reply, inbox.acknowledge
    while batches := receive():
        for batch in batches:
            reply(execute(batch, run, worker))
            acknowledge(batch)


def execute(batch: Batch, run: Callable[[Any], Any], worker: int) -> Outcomes:
    """Run each payload of a batch; an exception is the outcome of its task, and the rest of the batch is run.

    SystemExit, too: a function that calls sys.exit() must not end the worker.

    Args:
        batch: the tasks.
        run: called with one payload at a time.
        worker: process id of this worker.
    """
    started = time.monotonic_ns()
    first, size, payloads = batch
    if (kept := journal.current()) is not None:
        run = kept.recording(run, first)
    values: list[Any] = []
    errors = NO_ERRORS
    for payload in payloads:
        try:
            values.append(run(payload))
        except BaseException as error:
            errors = {**errors, len(values): describe(error)}
            values.append(None)
    return Outcomes(first, size, values, errors, worker, started, time.monotonic_ns())
