"""A job as it is shown: progress, figures, and the result."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack

from msgspec.structs import replace

from crossover import __version__
from crossover.cli.exit_status import write_message
from crossover.cli.outputs import Outputs
from crossover.cli.showing import show_result
from crossover.execution.host import host
from crossover.jobs.local.process_executor import START_METHOD
from crossover.jobs.metrics.of_job import job_metrics
from crossover.jobs.remote.transports import CELERY
from crossover.jobs.runner.plan import Job
from crossover.jobs.runner.refusals import name_of
from crossover.jobs.runner.runner import Runner
from crossover.jobs.runner.shown.record import plan_of, run_of
from crossover.jobs.runner.shown.status import Status
from crossover.jobs.runner.shown.view import View, job_view
from crossover.report.formats.saver import Saver
from crossover.report.wording.job import title
from crossover.results.job import JobResult
from crossover.results.records import End


class ShownJob:
    """A job, its view and its result.

    Args:
        job: what was asked for.
        runner: that runs it.
        started_at: when, as the result says it.
        command: the command line.
    """

    def __init__(self, job: Job, runner: Runner, started_at: str, command: Sequence[str]) -> None:
        plan = plan_of(job, runner, command)
        here = host() if name_of(job.transport) in CELERY else replace(host(), start_method=START_METHOD)
        self._result = JobResult(tool=f"crossover {__version__}", started_at=started_at, host=here, plan=plan)
        self._tally = runner.tally
        self._status = Status(title(self._result), runner.tally, runner.source)
        self._view = View()

    def open(self, held: ExitStack, *, quiet: bool) -> None:
        """Show progress on standard error.

        Args:
            held: ends that.
            quiet: show none.
        """
        self._view = held.enter_context(job_view(self._status, quiet=quiet))

    def serve(self, port: int, held: ExitStack) -> None:
        """Serve figures on a port.

        Raises:
            UnusableError: prometheus-client is missing.
            UsageError: the port cannot be listened on.
        """
        held.enter_context(job_metrics(port, self._status))

    def look(self) -> None:
        """Show how far it is, if it is time."""
        self._view.look()

    def end(self, took: float, ending: End, outputs: Outputs) -> bool:
        """Save and show what was done; return whether all of it could be written.

        Args:
            took: seconds until the first line.
            ending: how it ended.
            outputs: where each format is written.
        """
        self._view.close()
        result, saver = self._result, Saver(outputs.json, write_message)
        result.runs.append(run_of(result.plan, self._tally, took, time.process_time(), ending))
        saver.save_at_last(result)
        return show_result(result, outputs) and saver.saved
