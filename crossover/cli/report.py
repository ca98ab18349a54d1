"""`crossover report`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click
import msgspec

from crossover.analysis.conclusions import conclude
from crossover.analysis.likeness import other_host
from crossover.cli.main import complain
from crossover.cli.options import faces
from crossover.cli.outcome import Outputs, show_all
from crossover.contract.errors import UsageError
from crossover.contract.result import Result
from crossover.report import files, reading
from crossover.report.reading import AnyResult

CONTRADICTION = (ArithmeticError, AssertionError, LookupError, ValueError)


@click.command(name="report", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, metavar="RESULT.json...")
@faces
@click.option("--schema", is_flag=True, help="Write the JSON Schema of result files, and nothing else.")
def command(paths: tuple[str, ...], outputs: Outputs, schema: bool) -> int:  # noqa: FBT001 - click passes it by keyword
    """Show what a command has written with --json, as it showed it then, or in another form.

    A RESULT is a file of compare, scale, safety or share; - is standard input.

    \b
    crossover report result.json
    crossover report before.json after.json --markdown -
    crossover report result.json --csv runs.csv
    crossover report --schema
    """  # noqa: D301 - click keeps the lines after this mark as they are
    if schema:
        files.write(msgspec.json.format(msgspec.json.encode(reading.schema()), indent=2).decode() + "\n", "-")
        return 0
    if not paths:
        raise click.UsageError("which result? Give the file that --json wrote")
    with fitting(*paths):
        results = read_all(paths)
        _say_other_hosts(results)
        show_all(results, outputs)
    return 0


def read_all(paths: tuple[str, ...]) -> dict[str, AnyResult]:
    """Return path → result, with its conclusions.

    Raises:
        UsageError: one cannot be read.
    """
    return {path: _concluded(reading.read(path)) for path in dict.fromkeys(paths)}


@contextmanager
def fitting(*paths: str) -> Iterator[None]:
    """Show results; one that was changed by hand may have parts that do not fit together.

    Raises:
        UsageError: they do not.
    """
    try:
        yield
    except CONTRADICTION as error:
        what = f"{type(error).__name__}: {error}"
        raise UsageError(f"{', '.join(paths)}: parts of it contradict each other ({what})") from error


def _say_other_hosts(results: Mapping[str, AnyResult]) -> None:
    """Say which results are not of the machine of the first one: their figures mean nothing beside each other."""
    (first, base), *others = results.items()
    for path, result in others:
        if differs := list(other_host(base.host, result.host)):
            complain(f"{path} was measured on another host than {first}: {'; '.join(differs)}")


def _concluded(result: AnyResult) -> AnyResult:
    """Return a result with what follows from its runs: a command that was killed has not come to that."""
    if not isinstance(result, Result) or any((result.summary, result.points, result.loads, result.sweep)):
        return result
    return conclude(result)
