"""`crossover report`."""

from __future__ import annotations

from collections.abc import Mapping

import click
import msgspec

from crossover.analysis.differences.likeness import other_host
from crossover.cli.main import BREACHED, complain
from crossover.cli.options import formats
from crossover.cli.outcome import Outputs, show_all
from crossover.cli.results import compared, fitting, read_all
from crossover.cli.types import USUAL_THRESHOLD, Part
from crossover.contract.errors import UsageError
from crossover.report.formats import files, result_reader
from crossover.report.formats.result_reader import kind_of
from crossover.results.difference import Difference
from crossover.results.kinds import AnyResult


@click.command(name="report", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("paths", nargs=-1, metavar="RESULT.json...")
@formats
@click.option("--threshold", type=Part(), help="By so much each may be slower than in the first; else status 99.")
@click.option("--schema", is_flag=True, help="Write the JSON Schema of result files, and nothing else.")
def command(paths: tuple[str, ...], outputs: Outputs, threshold: float | None, schema: bool) -> int:  # noqa: FBT001 - click passes it by keyword
    """Show what a command has written with --json, as it showed it then, or in another form.

    A RESULT is a file of compare, scale, safety or share; - is standard input. Of several, those that measured the same
    as the first one on the same machine are set beside it, as `crossover diff` does.

    \b
    crossover report result.json
    crossover report before.json after.json --markdown -
    crossover report result.json --csv runs.csv
    crossover report result.json --html page.html --charts pictures
    crossover report --schema
    """  # noqa: D301 - click keeps the lines after this mark as they are
    if schema:
        if paths or outputs != Outputs():
            raise click.UsageError("--schema goes alone: it is written to standard output")
        files.write(msgspec.json.format(msgspec.json.encode(result_reader.schema()), indent=2).decode() + "\n", "-")
        return 0
    if not paths:
        raise click.UsageError("which result? Give the file that --json wrote")
    outputs.spare(paths)
    with fitting(*paths):
        results = read_all(paths)
        if outputs.json is not None and len(results) > 1:
            raise UsageError(f"--json writes one result, and there are {len(results)}: give it one")
        if threshold is not None and len(results) == 1:
            raise UsageError("--threshold compares with the first result: give it two")
        changes = _changes(results, threshold)
        show_all(results, outputs, changes)
    return BREACHED if threshold is not None and any(one.breached for one in changes) else 0


def _changes(results: Mapping[str, AnyResult], threshold: float | None) -> list[Difference]:
    """Set each result beside the first one; without a threshold, where that means something.

    Raises:
        UsageError: it does not, and a threshold was asked for.
    """
    base, *others = results.items()
    if threshold is not None:
        return [compared(base, new, threshold) for new in others]
    found = []
    for new in others:
        if kind_of(base[1]) != kind_of(new[1]):
            _say_other_host(base, new)
            continue
        try:
            found.append(compared(base, new, Part()(USUAL_THRESHOLD)))
        except UsageError as error:
            complain(str(error))
    return found


def _say_other_host(base: tuple[str, AnyResult], new: tuple[str, AnyResult]) -> None:
    """Say where a result is not of the machine of the first one: their figures mean nothing beside each other."""
    if differs := list(other_host(base[1].host, new[1].host)):
        complain(f"{new[0]} and {base[0]} were not measured on the same host and brokers: {'; '.join(differs)}")
