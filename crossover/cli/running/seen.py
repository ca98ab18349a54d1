"""What is seen of a job: what shows it is imported while its workers start, because that takes longer than they do."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib import import_module
from threading import Thread
from typing import Any

from crossover.cli.defaults import command_line
from crossover.cli.outputs import Outputs
from crossover.jobs.runner.plan import Job
from crossover.jobs.runner.runner import Runner
from crossover.results.records import End

SHOWN = "crossover.cli.running.shown_job"


class Seen:
    """Shows how far a job is as soon as that is possible, and in the end what it has done.

    Args:
        outputs: where each format of the result is written.
        held: ends what shows it.
        quiet: show no progress.
    """

    def __init__(self, outputs: Outputs, held: ExitStack, *, quiet: bool) -> None:
        self._outputs, self._held, self._quiet = outputs, held, quiet
        self._began, self._started_at = time.monotonic(), datetime.now(UTC).isoformat(timespec="seconds")
        self._importing = Thread(target=import_module, args=(SHOWN,), daemon=True)
        self._importing.start()
        self._shown: Any = None

    def begin(self, job: Job, runner: Runner, metrics: int) -> None:
        """The job begins.

        Args:
            job: what was asked for.
            runner: that runs it.
            metrics: the port where figures are served; 0: none.

        Raises:
            UnusableError, UsageError: they cannot be.
        """
        self._job, self._runner = job, runner
        self._took = time.monotonic() - self._began
        if metrics:
            self._made().serve(metrics, self._held)

    def look(self) -> None:
        """Show how far it is, if it is time."""
        if not self._importing.is_alive():
            self._made().look()

    def end(self, ending: End) -> bool:
        """Save and show what was done; return whether all of it could be written.

        Args:
            ending: how the job ended.
        """
        written: bool = self._made().end(self._took, ending, self._outputs)
        return written

    def _made(self) -> Any:
        if self._shown is None:
            self._shown = import_module(SHOWN).ShownJob(self._job, self._runner, self._started_at, command_line())
            self._shown.open(self._held, quiet=self._quiet)
        return self._shown
