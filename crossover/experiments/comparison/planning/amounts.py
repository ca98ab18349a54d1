"""How many tasks a run has, how many may be outstanding, and whether their record fits into memory."""

from __future__ import annotations

from collections.abc import Sequence

from crossover.contract.errors import UsageError
from crossover.experiments.comparison.planning.request import Request
from crossover.results.records import Plan
from crossover.workers.limits import memory
from workloads.base import Workload

BATCHES_PER_WORKER = 16  # in the default window
MOST_WINDOW_BYTES = 256 * 2**20  # payloads outstanding in the default window
MOST_REPEATED, COUNTED_BATCH = 200_000, 8  # messages of such a run; as many tasks of each count, at most
PART_OF_MEMORY = 8  # the record of repeated tasks takes one of so many parts
RATE_SECONDS = 10.0  # of sending, in a run at a rate without --tasks
FEWEST_MESSAGES = 10  # of a run at a rate
RECORD_BYTES_PER_TASK = 128  # memory of the producer's history and of the verdict on it


def most_repeated(plan: Plan) -> int:
    """Return how many tasks a run may have whose tasks are repeated: their record needs memory."""
    fitting = memory.free_memory() // (RECORD_BYTES_PER_TASK * PART_OF_MEMORY)
    return max(plan.tasks, min(MOST_REPEATED * min(plan.batch, COUNTED_BATCH), fitting))


def tasks_at_rate(rate: float, seconds: float, batch: int) -> int:
    """Return how many tasks a run at a rate has.

    Args:
        rate: tasks per second.
        seconds: of sending.
        batch: tasks per message.
    """
    return max(int(rate * seconds), FEWEST_MESSAGES * batch)


def default_window(workers: int, batch: int, payload_bytes: int | None) -> int:
    """Return how many tasks may be outstanding: 16 batches per worker, but at most 256 MiB of payloads."""
    return bounded_window(BATCHES_PER_WORKER * workers * batch, workers, batch, payload_bytes)


def bounded_window(window: int, workers: int, batch: int, payload_bytes: int | None) -> int:
    """Return a window, or a smaller one with 256 MiB of payloads; one batch per worker is always allowed."""
    return min(window, max(workers * batch, MOST_WINDOW_BYTES // payload_bytes)) if payload_bytes else window


def planned_tasks(request: Request, workload: Workload) -> int:
    """Return how many tasks a run has."""
    if request.backlog or request.tasks:
        return request.backlog or request.tasks or 0
    rate = request.typed_rate
    return tasks_at_rate(rate, RATE_SECONDS, request.batch) if rate else workload.usual_tasks


def tasks_once(request: Request, tasks: int, workload: Workload, urls: Sequence[str]) -> int:
    """Return how many tasks a run has whose items are run once each.

    Args:
        request: the options.
        tasks: that were planned.
        workload: what runs.
        urls: of the transports.

    Raises:
        UsageError: items would have to be run twice.
    """
    items = workload.usual_tasks
    typed = request.tasks or request.backlog or 0
    if workload.named and typed > items:
        option = "--backlog" if request.backlog else "-n/--tasks"
        raise UsageError(f"--once: {option} {typed:,} is more than the {items:,} items, which would be run again")
    if twice := [url for url in dict.fromkeys(urls) if urls.count(url) > 1]:
        raise UsageError(f"--once: {twice[0]} was named twice, which would run each item twice through it")
    return min(tasks, items) if workload.named else tasks


def check_memory(request: Request, tasks: int, workload: Workload) -> None:
    """Refuse more tasks than fit into memory: their record, and the payloads of a backlog.

    Raises:
        UsageError: there are too many.
    """
    option = "--backlog" if request.backlog else "--tasks" if request.tasks else "--rate"
    waiting = (workload.payload_bytes or 0) if request.backlog else 0
    needed, free = tasks * (RECORD_BYTES_PER_TASK + waiting), memory.free_memory()
    if needed > free and not request.force:
        what = "their payloads and their record" if waiting else "their record"
        raise UsageError(
            f"{option}: {tasks:,} tasks need {needed / 2**30:,.1f} GiB for {what}; "
            f"{free / 2**30:,.1f} are free; --force tries it"
        )
