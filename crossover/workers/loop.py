"""The one worker loop: receive, run, reply, acknowledge."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crossover.contract.inbox import Inbox
from crossover.contract.system import Clock, getpid
from crossover.contract.tasks import NO_ERRORS, Batch, Done, Outcomes, Task
from crossover.contract.text import describe
from crossover.recording import activity
from crossover.recording.activity import INSIDE
from crossover.recording.journals import journal
from crossover.recording.sample import CHOSEN, LONG, PERIOD
from crossover.workers import forks


def work(inbox: Inbox, run: Callable[[Any], Any]) -> None:
    """Serve an inbox until it is closed.

    Args:
        inbox: where tasks come from and outcomes go.
        run: called with one payload at a time.
    """
    inbox.serve(performer(run))


def performer(run: Callable[[Any], Any]) -> Callable[[Batch | Task], Outcomes | Done]:
    """Return what a worker calls with each batch, or task that travels alone, in the thread that calls this.

    All of it runs for every message: hence a closure, and a short path for tasks that travel alone. Such a task is
    carried out as `execute` does it. Its outcome is `Done`, unless it failed or has time stamps.

    Args:
        run: called with one payload at a time.
    """
    worker, place, kept, since = getpid(), activity.of_this_worker(), journal.current(), forks.count
    long = True  # the first one is stamped

    def perform(batch: Batch | Task) -> Outcomes | Done:
        nonlocal long
        if isinstance(batch, Batch):
            return execute(batch, run, worker)
        task, payload = batch
        if long or CHOSEN[task % PERIOD] or kept is not None:
            outcomes = execute(Batch(task, 1, [payload]), run, worker)
            long = outcomes.finished - outcomes.started > LONG
            return outcomes
        place[0] = INSIDE
        try:
            value = run(payload)
            if forks.count != since:
                forks.end_child()
        except BaseException as error:
            if forks.count != since:
                forks.end_child(error)
            place[0] = 0
            return Outcomes(task, 1, [None], {0: describe(error)}, worker, 0, 0)
        place[0] = 0
        return task, value

    return perform


def execute(batch: Batch, run: Callable[[Any], Any], worker: int) -> Outcomes:
    """Run each payload of a batch; an exception is the outcome of its task, and the rest of the batch is run.

    SystemExit, too: a function that calls sys.exit() must not end the worker. Where the function forks, and its child
    returns or raises, the child ends here: it must not go on as a second worker.

    Args:
        batch: the tasks.
        run: called with one payload at a time.
        worker: process id of this worker.
    """
    place = activity.of_this_worker()
    place[0] = started = Clock.monotonic_ns()
    first, size, payloads = batch
    if (kept := journal.current()) is not None:
        run = kept.recording(run, first)
    values: list[Any] = []
    errors = NO_ERRORS
    since = forks.count
    for payload in payloads:
        try:
            values.append(run(payload))
            if forks.count != since:
                forks.end_child()
        except BaseException as error:
            if forks.count != since:
                forks.end_child(error)
            errors = {**errors, len(values): describe(error)}
            values.append(None)
    finished = Clock.monotonic_ns()
    place[0] = 0
    return Outcomes(first, size, values, errors, worker, started, finished)
