"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce, wraps
from typing import Any

import click

from crossover.cli.outcome import Outputs
from crossover.cli.types import Count, OrAuto, Several, Size
from crossover.contract.safety import Safety

Command = Callable[..., Any]
FORMATS = {
    "json": "Write the result there (-: standard output).",
    "csv": "Write all runs there, a row for each.",
    "markdown": "Write what is shown there, for a pull request.",
    "html": "Write a page there.",
}
CHARTS = click.option("--charts", metavar="DIR", help="Write each chart into that folder, as SVG and PNG.")


def formats(command: Command) -> Command:
    """Give a command the options that say where the faces of a result go; it gets them as `outputs`, checked."""

    @wraps(command)
    def checked(*words: Any, **asked: Any) -> Any:
        outputs = Outputs(**{face: asked.pop(face) for face in Outputs._fields})
        outputs.check()
        return command(*words, outputs=outputs, **asked)

    options = [click.option(f"--{face}", face, metavar="FILE", help=text) for face, text in FORMATS.items()]
    return given(checked, [*options, CHARTS])


WORKERS = click.option("-w", "--workers", type=Count(), help="How many workers.  [default: cores]")
INPUT = click.option(
    "-i", "--input", "source", metavar="PATH", help="files: a folder; a function: JSON lines (-: standard input)."
)
BATCH = click.option("-b", "--batch", type=Count(), default=1, show_default=True, help="Tasks per message.")
SEED = click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Draws payloads.")
QUIET = click.option("-q", "--quiet", is_flag=True, help="No progress.")
TASKS = click.option("-n", "--tasks", type=Count(), help="How many tasks a run has.  [default: all of the input]")
ROUNDS = click.option(
    "-r",
    "--rounds",
    type=OrAuto(Count()),
    default=5,
    show_default=True,
    help="How often each is measured; auto: until ± 5 %, 50 times at most.",
)
FORCE = click.option("--force", is_flag=True, help="Try more workers than memory seems to carry, too.")

SHARED = (
    click.option("-W", "--workload", show_default="files", metavar="NAME|MODULE:FUNCTION", help="What runs."),
    INPUT,
    TASKS,
    WORKERS,
    BATCH,
    click.option("--window", type=Count(), help="Tasks outstanding.  [default: 16 batches per worker]"),
    click.option(
        "-s",
        "--safety",
        type=click.Choice([level.value for level in Safety]),
        default=Safety.DEFAULT.value,
        show_default=True,
        help="fast: at most once; default: the library as it is found; safe: at least once.",
    ),
    ROUNDS,
    click.option(
        "--payload",
        "payloads",
        type=Several(Size()),
        default=(),
        metavar="BYTES[,…]",
        help="Of each payload (-W payload).",
    ),
    SEED,
    FORCE,
    formats,
    QUIET,
)


def shared(command: Command) -> Command:
    """Give a command the shared options."""
    return given(command, SHARED)


def shared_but(*own: Command) -> Callable[[Command], Command]:
    """Return what gives a command the shared options, less those that it has of its own."""
    return lambda command: given(command, [option for option in SHARED if option not in own])


def given(command: Command, options: Sequence[Command]) -> Command:
    """Give a command some options."""
    return reduce(lambda decorated, option: option(decorated), reversed(options), command)
