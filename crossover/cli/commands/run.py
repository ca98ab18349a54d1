"""`crossover run`."""

from __future__ import annotations

from pathlib import Path

import click

from crossover.cli.completion import files, names
from crossover.cli.help import Example, Group, grouped_command, option
from crossover.cli.options import QUIET, WORKERS, output_options, safety_option
from crossover.cli.outputs import Outputs
from crossover.cli.parameter_types import Count, Delimiter, HaltAt, LineTimeout, Rate, Seed, Size
from crossover.contract.safety import Safety
from crossover.jobs.executor import EXECUTORS
from crossover.jobs.runner.limits.halt import Halt
from crossover.jobs.runner.limits.time_limit import TaskTimeout
from crossover.jobs.runner.plan import AUTO, Job, Rules
from crossover.jobs.runner.sources.request import InputRequest


@grouped_command(
    "run",
    Example(
        "Call a function with each line, on all cores", "crossover run resize.py:resize pool -i in.jsonl -o out.jsonl"
    ),
    Example("The same again: go on where it stopped", "crossover run resize.py:resize pool -i in.jsonl -o out.jsonl"),
    Example(
        "Keep aside what fails five times",
        "crossover run api:fetch threads -i ids -o out --retries 4 --failures bad",
    ),
    Example("Say what would be done, and how long it takes", "crossover run mine:read auto -i folder -o out --dry-run"),
)
@click.argument("function", metavar="MODULE:FUNCTION")
@click.argument("transport", metavar="TRANSPORT", shell_complete=names([*EXECUTORS, AUTO]))
@option(
    Group.WHAT_RUNS,
    "-i",
    "--input",
    "source",
    required=True,
    metavar="PATH",
    shell_complete=files,
    help="A file with a JSON value on each line, a CSV file, a folder; -: standard input.",
)
@option(
    Group.OUTPUT,
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help='What comes back, a line each: {"line": 17, "value": ...}.',
)
@option(Group.WHAT_RUNS, "--lines", "text", is_flag=True, help="The function takes each line as it is, as a string.")
@option(Group.WHAT_RUNS, "--rows", is_flag=True, default_text="by the name", help="Rows of CSV: a dict each.")
@option(
    Group.WHAT_RUNS,
    "--delimiter",
    type=Delimiter(),
    default_text="a comma; a tab in a .tsv file",
    help="What stands between the cells of rows: one character, or tab.",
)
@option(
    Group.WHAT_RUNS,
    "--glob",
    metavar="PATTERN",
    default_text="all",
    help="Only files of the folder whose name matches, as in '*.py'.",
)
@safety_option("What a broker may lose when something dies; the job does it again.")
@option(Group.WHAT_RUNS, "--skip-bad", is_flag=True, help="Pass over lines that are no JSON.")
@option(
    Group.WHAT_RUNS, "--retries", type=Seed(), default=0, help="Try a line that fails again, after a growing pause."
)
@option(
    Group.WHAT_RUNS,
    "--retry-on",
    multiple=True,
    metavar="TYPE",
    default_text="any error",
    help="Try again only after errors of this type, by the name of its class. Repeatable.",
)
@option(
    Group.WHAT_RUNS,
    "--task-timeout",
    type=LineTimeout(),
    default=TaskTimeout(),
    default_text="none",
    help="Kill the worker of a line that takes longer (30s), or than a multiple of the median (300%).",
)
@option(
    Group.WHAT_RUNS,
    "--halt",
    type=HaltAt(),
    default=Halt(),
    default_text="never",
    help="Begin nothing more when so many lines have failed (100), or such a part of them (10%).",
)
@option(
    Group.WHAT_RUNS,
    "--retry-failed",
    is_flag=True,
    help="Do only the lines in the file of --failures; those that succeed leave it.",
)
@option(
    Group.OUTPUT,
    "--failures",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Keep lines that were given up: error, traceback, attempts.",
)
@option(Group.OUTPUT, "--ordered", is_flag=True, help="Write in the order of the input.")
@option(
    Group.OUTPUT,
    "--values",
    is_flag=True,
    help="Write bare values, in the order of the input; null where there is none.",
)
@option(Group.OUTPUT, "--force", is_flag=True, help="Replace an output that is not this job's, and begin again.")
@WORKERS
@option(
    Group.LOAD,
    "--max-in-flight",
    type=Count(),
    default_text="what keeps the workers busy",
    help="Lines that are with workers at once.",
)
@option(
    Group.LOAD,
    "--rate",
    type=Rate(),
    metavar="LINES_PER_S",
    default_text="any number",
    help="Lines that begin per second, over all workers; each attempt counts.",
)
@option(
    Group.LOAD,
    "--memory-per-worker",
    "memory",
    type=Size(),
    metavar="SIZE",
    default_text="any size",
    help="Replace a worker, after its line, that has used more memory (512M, 2G).",
)
@option(Group.LOAD, "--nice", type=Seed(), default=0, help="How much workers give way to other programs (1 to 19).")
@option(
    Group.LOAD,
    "--sample",
    type=Count(),
    default_text="none",
    help="Run N lines first that are drawn over the whole input, then the others.",
)
@option(
    Group.LOAD,
    "--dry-run",
    is_flag=True,
    help="Run a sample only: say what would be done, and how long it takes.",
)
@option(Group.OUTPUT, "--metrics", type=Count(), metavar="PORT", help="Figures for Prometheus, on 127.0.0.1.")
@output_options
@QUIET
def command(
    function: str,
    transport: str,
    source: str,
    output: Path,
    text: bool,  # noqa: FBT001 - click passes options by keyword
    rows: bool,  # noqa: FBT001
    delimiter: str | None,
    glob: str | None,
    safety: str,
    skip_bad: bool,  # noqa: FBT001
    retries: int,
    retry_on: tuple[str, ...],
    task_timeout: TaskTimeout,
    halt: Halt,
    retry_failed: bool,  # noqa: FBT001
    failures: Path | None,
    ordered: bool,  # noqa: FBT001
    values: bool,  # noqa: FBT001
    force: bool,  # noqa: FBT001
    workers: int | None,
    max_in_flight: int | None,
    rate: float | None,
    memory: int | None,
    nice: int,
    sample: int | None,
    dry_run: bool,  # noqa: FBT001
    metrics: int | None,
    outputs: Outputs,
    quiet: bool,  # noqa: FBT001
) -> int:
    """Call a function of yours with each line of an input, each once, whatever dies.

    The same command again goes on where it stopped: a line that is in the
    output is never run again, and none is written twice.

    TRANSPORT auto calls the function with the first lines, to see what suits it.
    The exit status is 1 if lines were given up.
    """
    rules = Rules(retries, retry_on, task_timeout, skip_bad, ordered, values, max_in_flight or 0, rate or 0.0, halt)
    read = InputRequest(source, text, rows, glob, delimiter)
    job = Job(
        function, transport, read, output, failures, workers, Safety(safety), rules, force, retry_failed,
        memory, nice, sample or 0,
    )  # fmt: skip
    if dry_run:
        from crossover.cli.running.dry_run import rehearse  # noqa: PLC0415 - imported on use: jobs begin at once

        return rehearse(job)
    from crossover.cli.running.job import run_job  # noqa: PLC0415 - likewise: --help is instant

    return run_job(job, outputs, quiet=quiet, metrics=metrics or 0)
