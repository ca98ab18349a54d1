"""Histories written by the recorder from deliveries that a test makes up."""

from crossover.contract.tasks import Outcomes
from crossover.recording.history import History
from crossover.recording.payloads import Payloads
from crossover.recording.recorder import recorder
from workloads.base import Workload


class Doubling(Workload):
    """The right value of task t is 2 × t."""

    name = "doubling"
    reference = "task_functions:double"

    def __init__(self, tasks):
        self._tasks = tasks

    def payloads(self, tasks):
        return list(range(self._tasks))

    def check(self, payload, value):
        return value == 2 * payload


def history_of(tasks, deliveries, batch=1, attempted=None):
    """Record deliveries, each collected on its own; `attempted` tasks had been submitted before, else all."""
    history = History(tasks, batch)
    history.attempted = tasks if attempted is None else attempted
    workload = Doubling(tasks)
    record = recorder(workload, Payloads(workload, tasks), history)
    for delivery in deliveries:
        record([delivery])
    return history


def delivered(first, values, errors=None, started=10, finished=20):
    return Outcomes(first, len(values), list(values), errors or {}, 1, started, finished)


def right(first, size=1):
    return delivered(first, [2 * task for task in range(first, first + size)])
