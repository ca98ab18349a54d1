"""auto as the transport: what the first lines tell of what suits a function. See docs/decisions/0037."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from crossover.derived.task_kind import TaskKind, task_kind
from crossover.execution.calibration.calibrate import calibrate
from crossover.jobs.lines import do_lines
from crossover.jobs.runner.plan import Job
from crossover.report.wording.figures import duration, percent, plural
from crossover.results.task import TaskSample
from workloads.base import Workload

FIRST_LINES = 32  # that are called
WITHIN = 20.0  # seconds for all of it
MOST_THREADS, MOST_PROCESSES = 32, 8  # for each core, where lines wait


class FirstLines(Workload):
    """The first lines of an input, and the function that is called with them.

    Args:
        function: "module:function".
        form: what lines are.
        lines: between line feeds.
    """

    def __init__(self, function: str, form: str, lines: bytes) -> None:
        self.name = self.reference = function
        self._form, self._lines = form, lines

    def payloads(self, tasks: int) -> list[Any]:
        """Return what is in those lines that can be read."""
        found: list[Any] = []
        do_lines(found.append, self._form, 1, self._lines)
        return found[:tasks]

    def check(self, payload: Any, value: Any) -> bool:
        """Return True: any value is right."""
        return True


class Choice(NamedTuple):
    """What was chosen.

    Attributes:
        transport: its name.
        workers: how many.
        why: in words.
    """

    transport: str
    workers: int
    why: str

    def in_words(self) -> str:
        """Return it in a sentence."""
        return f"auto: {self.transport} with {plural(self.workers, 'worker')}, because {self.why}"


def look_at(function: str, form: str, lines: list[bytes]) -> TaskSample | None:
    """Call a function with a few lines, in a process of its own, and return what that takes; None: it does not tell."""
    first = FirstLines(function, form, b"\n".join(lines[:FIRST_LINES]))
    return calibrate(first, FIRST_LINES, within=WITHIN) if first.payloads(1) else None


def choose(sample: TaskSample | None, job: Job, cores: int) -> Choice:
    """Choose a transport of this machine, and how many workers.

    Args:
        sample: what the first lines have taken; None: that is not known.
        job: what is asked for: some of it needs processes.
        cores: that may be used.
    """
    if sample is None or not sample.tasks:
        return Choice("pool", job.workers or cores, "what a line takes cannot be told from the first ones")
    takes = duration(sample.mean)
    if task_kind(sample) is TaskKind.COMPUTES:
        return Choice("pool", job.workers or cores, f"a line computes for {takes}, and threads share one interpreter")
    why = f"a line waits for {percent(sample.waiting)} of its {takes}"
    needs_processes = any(job.rules.task_timeout) or job.memory or job.nice or sample.two_threads is None
    most = cores * (MOST_PROCESSES if needs_processes else MOST_THREADS)
    workers = job.workers or min(most, math.ceil(cores / max(1 - sample.waiting, 1e-3)))
    return Choice("pool" if needs_processes else "threads", workers, why)
