"""What can be the answer: the transports that suit a kind of task, and where the search for their settings begins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from crossover.contract.registry import Address
from crossover.derived.task_kind import TaskKind, task_kind
from crossover.execution import worker_capacity
from crossover.results.task import TaskSample

LOCAL = ("serial", "threads", "executor", "pool", "queue", "pipe", "shared-memory")
WAITING_FIRST, COMPUTING_FIRST = ("threads", "redis-stream"), ("serial", "threads", "executor", "redis-stream")
BROKERS = ("redis-stream", "rabbitmq")
TINY = 2e-3  # seconds: several tasks of this length and shorter travel in a message
MESSAGE_SECONDS = 5e-3  # of tasks in a message, where the search begins
SHORT_WAIT = 0.016  # seconds: likewise where they wait; there the CPU time of a message is all that costs
WAITING_SECONDS = 0.064  # of tasks in a message that wait
LONGEST_MESSAGE = 0.1  # seconds
MOST_BATCH = 4_096
MOST_THREADS, MOST_PROCESSES = 1_024, 128
STEP = 2  # from one number of workers to the next
BATCH_STEP = 4
HARDLY_WAITS = 0.1  # part of its time: a task that waits less gains nothing from more workers than two for each core


class Candidate(NamedTuple):
    """A transport with its settings.

    Attributes:
        label: of the transport.
        address: of the transport, without a number of workers.
        workers: how many.
        batch: tasks per message.
    """

    label: str
    address: Address
    workers: int
    batch: int

    @property
    def is_broker(self) -> bool:
        """Whether it goes through a broker."""
        return bool(self.address.traits.server)

    @property
    def row(self) -> Address:
        """Its transport with this number of workers, as it would be typed."""
        return self.address.with_workers(self.workers) if self.address.has_own_workers else self.address


def first_candidates(addresses: Mapping[str, Address], task: TaskSample | None, cores: int) -> Iterator[Candidate]:
    """Yield where the search begins, the most likely ones first: there may be time for a few only.

    Args:
        addresses: label → transport.
        task: what a task takes; None: unknown.
        cores: that may be used.
    """
    batch = first_batch(task)
    waits = _waits(task)
    likely = WAITING_FIRST if waits else COMPUTING_FIRST
    for label, address in sorted(addresses.items(), key=lambda item: item[1].name not in likely):
        one = Candidate(label, address, cores, batch)
        if not one.address.has_own_workers:
            yield one._replace(workers=1)
            continue
        many = (8 * cores, 32 * cores) if address.traits.worker_processes else (32 * cores, 256 * cores)
        for workers in many if waits else (cores,):
            more = one._replace(workers=min(workers, most_workers(one, task, cores)))
            if worker_capacity.why_not(address, more.workers) is None:
                yield more


def first_batch(task: TaskSample | None) -> int:
    """Return with how many tasks per message the search begins: one, unless they are tiny."""
    if task is None or task.mean >= _several_below(task):
        return 1
    seconds = WAITING_SECONDS if _waits(task) else MESSAGE_SECONDS
    return min(MOST_BATCH, max(1, round(seconds / max(task.mean, 1e-7))))


def _waits(task: TaskSample | None) -> bool:
    return task is not None and task_kind(task) is not TaskKind.COMPUTES


def _several_below(task: TaskSample) -> float:
    """Return how long a task must take to travel alone."""
    return SHORT_WAIT if _waits(task) else TINY


def neighbours(one: Candidate, task: TaskSample | None, cores: int) -> Iterator[Candidate]:
    """Yield what differs from a candidate by one step: more or fewer workers, larger or smaller batches.

    Args:
        one: the candidate.
        task: what a task takes; None: unknown.
        cores: that may be used.
    """
    if one.address.has_own_workers:
        for workers in (one.workers * STEP, one.workers // STEP):
            allowed = 1 <= workers <= most_workers(one, task, cores)
            if allowed and worker_capacity.why_not(one.address, workers) is None:
                yield one._replace(workers=workers)
    if task is not None and task.mean < _several_below(task):
        for batch in (one.batch * BATCH_STEP, one.batch // BATCH_STEP):
            if 1 <= batch <= MOST_BATCH and batch * task.mean <= LONGEST_MESSAGE:
                yield one._replace(batch=batch)


def most_workers(one: Candidate, task: TaskSample | None, cores: int) -> int:
    """Return how many workers are tried at most."""
    if task is not None and task.waiting < HARDLY_WAITS:
        return STEP * cores
    return MOST_PROCESSES if one.address.traits.worker_processes else MOST_THREADS
