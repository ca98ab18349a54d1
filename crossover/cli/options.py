"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce, wraps
from typing import Any

import click

from crossover.cli.completion import files, names_or_files
from crossover.cli.help import Decorator, Group, option
from crossover.cli.outputs import Outputs
from crossover.cli.parameter_types import Count, Destination, Duration, OrAuto, Seed, Several, Size, Workers
from crossover.contract.safety import Safety
from crossover.workers.processes import start_timeout as start_timeouts
from workloads import catalogue

Command = Callable[..., Any]

FORMATS = {
    "json": "The whole result, for crossover report and crossover diff.",
    "csv": "All runs, one row each.",
    "markdown": "What the terminal shows, for a pull request.",
    "html": "A page with charts, in one file.",
}
CHARTS = option(
    Group.OUTPUT,
    "--charts",
    type=Destination(),
    metavar="FOLDER",
    help="Each chart as SVG and PNG.",
)

FULL = option(Group.OUTPUT, "--full", is_flag=True, help="Show all sections in the terminal, not only the verdict.")


def output_options(command: Command) -> Command:
    """Give a command the options that say where its result goes; it receives them as `outputs`, checked."""

    @wraps(command)
    def with_outputs(*words: Any, **options: Any) -> Any:
        outputs = Outputs(**{name: options.pop(name) for name in Outputs._fields if name in options})
        outputs.check()
        outputs.check_inputs([options["source"]] if options.get("source") else [])
        return command(*words, outputs=outputs, **options)

    formats = [
        option(Group.OUTPUT, f"--{name}", name, type=Destination(), metavar="FILE", help=text)
        for name, text in FORMATS.items()
    ]
    return add_options(with_outputs, [*formats, CHARTS])


def workload_option(default: str | None, shown: str = "") -> Decorator:
    """Return --workload.

    Args:
        default: its value where it is not typed.
        shown: what the help names as the default, where that is another.
    """
    builtin = ", ".join(catalogue.NAMES)
    return option(
        Group.WHAT_RUNS,
        "-W",
        "--workload",
        default=default,
        metavar="NAME",
        shell_complete=names_or_files(catalogue.NAMES),
        default_text=shown,
        help=f"A built-in workload ({builtin}), or MODULE:FUNCTION or FILE.py:FUNCTION, a function of yours.",
    )


LEVELS = [level.value for level in Safety]


def safety_option(meaning: str) -> Decorator:
    """Return --safety.

    Args:
        meaning: of the levels for the command.
    """
    return option(
        Group.WHAT_RUNS,
        "-s",
        "--safety",
        type=click.Choice(LEVELS),
        default=Safety.DEFAULT.value,
        metavar="LEVEL",
        help=meaning,
    )


INPUT = option(
    Group.WHAT_RUNS,
    "-i",
    "--input",
    "source",
    metavar="PATH",
    shell_complete=files,
    default_text="the .py files of the standard library",
    help="With -W files, a folder. With a function, a file with one JSON value per line, or a JSON array "
    "(-: standard input).",
)
SEED = option(
    Group.WHAT_RUNS, "--seed", type=Seed(), default=0, help="Whole number that makes random payloads repeatable."
)
WORKERS = option(
    Group.LOAD,
    "-w",
    "--workers",
    type=Workers(),
    default_text="one per usable core",
    help="Worker processes (or threads).",
)
BATCH = option(Group.LOAD, "-b", "--batch", type=Count(), default=1, help="Tasks per message.")
TASKS = option(
    Group.LOAD,
    "-n",
    "--tasks",
    type=Count(),
    default_text="the whole input, repeated until a run takes a second",
    help="Tasks per run; with more than there are items, the input repeats.",
)
ROUNDS = option(
    Group.ROUNDS,
    "-r",
    "--rounds",
    type=OrAuto(Count()),
    metavar="N|auto",
    default_text="2 to 8, until the fastest are told apart or 105 s are over",
    help="Runs of each transport, interleaved. auto: until the 95% interval is within ± 5% of the median "
    "(5 to 50 runs, at most 10 minutes).",
)
FORCE = option(Group.LOAD, "--force", is_flag=True, help="Start the workers even if memory seems too small for them.")


def time_limit_option(default: str) -> Decorator:
    """Return --time-limit; its default in words."""
    return option(
        Group.ROUNDS,
        "--time-limit",
        type=Duration(),
        default_text=default,
        help="Stop after this time (30s, 5m, 1h; without a unit: seconds) and report what was measured.",
    )


TIME_LIMIT = time_limit_option("none")


def hang_after_option(default: str, silence: str) -> Callable[[Command], Command]:
    """Return the option that says when a run hangs.

    Args:
        default: the time, in words.
        silence: what has, or has not, happened for that time.
    """
    words = f"Call a run hung, and end it, when {silence}."
    return option(Group.ROUNDS, "--hang-after", type=Duration(), metavar="SECONDS", default_text=default, help=words)


HANG_AFTER = hang_after_option(
    "ten times the longest silence so far, 10 to 60 s",
    "nothing has come back for this time and no worker is inside a task",
)
COMPOSE = option(
    Group.SERVERS,
    "--compose",
    is_flag=True,
    help="Use the brokers and workers of the running compose project instead of private servers.",
)


def start_timeout_option(command: Command) -> Command:
    """Give a command the option that says how long a start may take; it is in force while the command runs."""

    @wraps(command)
    def with_start_timeout(*words: Any, start_timeout: float | None, **options: Any) -> Any:
        with start_timeouts.allowing(start_timeout):
            return command(*words, **options)

    decorated: Command = option(
        Group.ROUNDS,
        start_timeouts.OPTION,
        "start_timeout",
        type=Duration(),
        default_text=f"{start_timeouts.DEFAULT:.0f}s",
        help="How long a function's module may take to import, and all workers to be ready.",
    )(with_start_timeout)
    return decorated


QUIET = option(Group.OUTPUT, "-q", "--quiet", is_flag=True, help="Show no progress on standard error.")

COMPARISON_OPTIONS = (
    workload_option(None, "files"),
    INPUT,
    option(
        Group.WHAT_RUNS,
        "--payload",
        "payloads",
        type=Several(Size()),
        default=(),
        metavar="SIZE[,SIZE...]",
        default_text="1k (1,024 bytes)",
        help="Payload size in bytes (512, 64k, 16M), with -W payload only. Several sizes are compared.",
    ),
    SEED,
    safety_option("fast: at-most-once delivery; default: the library's own settings; safe: at-least-once delivery."),
    TASKS,
    WORKERS,
    BATCH,
    option(
        Group.LOAD,
        "--window",
        type=OrAuto(Count()),
        metavar="N|auto",
        default_text="auto",
        help="Tasks that may be outstanding at once (closed loop). auto: for each transport the smallest window with "
        "which it carries, within 5%, as much as with any; a short search finds it.",
    ),
    FORCE,
    ROUNDS,
    start_timeout_option,
    output_options,
    FULL,
    QUIET,
)


def comparison_options(command: Command) -> Command:
    """Give a command the options of every comparison."""
    return add_options(command, COMPARISON_OPTIONS)


def comparison_options_except(*own: Command) -> Callable[[Command], Command]:
    """Return a decorator that gives a command the options of every comparison, except those that it replaces."""
    return lambda command: add_options(command, [each for each in COMPARISON_OPTIONS if each not in own])


def add_options(command: Command, options: Sequence[Command]) -> Command:
    """Give a command some options, in this order."""
    return reduce(lambda decorated, decorator: decorator(decorated), reversed(options), command)
