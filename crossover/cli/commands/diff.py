"""`crossover diff`."""

from __future__ import annotations

from collections.abc import Callable

import click

from crossover.cli.completion import files
from crossover.cli.exit_status import ExitStatus
from crossover.cli.help import Example, Group, grouped_command, option
from crossover.cli.older_results import compare_with_older, result_files
from crossover.cli.options import output_options
from crossover.cli.outputs import Outputs
from crossover.cli.parameter_types import DEFAULT_THRESHOLD, Fraction
from crossover.cli.result_files import compare_results, read_all, refuse_contradictions
from crossover.cli.showing import print_result, write_charts, write_format
from crossover.contract.errors import UsageError
from crossover.contract.text import readable
from crossover.report.formats.catalogue import FORMATS
from crossover.report.formats.csv_rows import difference_as_csv
from crossover.report.formats.files import as_json
from crossover.report.formats.markdown import as_markdown, host_line
from crossover.report.formats.result_reader import cleaned
from crossover.report.terminal.render import render
from crossover.results.conclusions.difference import Difference
from crossover.results.kinds import AnyResult


@grouped_command(
    "diff",
    Example("What is slower or faster in the newer result", "crossover diff base.json new.json"),
    Example(
        "Fail from 5% on, and write Markdown for a pull request",
        "crossover diff base.json new.json --threshold 5% --markdown -",
    ),
    Example(
        "Whether the newest leaves the band of all older results in a folder",
        "crossover diff --history results new.json --html history.html",
    ),
)
@click.argument("older", metavar="OLD.json...", nargs=-1, shell_complete=files)
@click.argument("new", metavar="NEW.json", shell_complete=files)
@option(
    Group.COMPARISON,
    "--history",
    metavar="FOLDER",
    default_text="only the files that are named",
    help="A folder with older results; those of the same host and settings count.",
)
@option(
    Group.COMPARISON,
    "--threshold",
    type=Fraction(),
    default=DEFAULT_THRESHOLD,
    help="How much slower each case may be, as 10% or 0.1.",
)
@option(Group.COMPARISON, "--force", is_flag=True, help="Compare even if host or settings differ.")
@output_options
def command(
    older: tuple[str, ...],
    new: str,
    history: str | None,
    threshold: float,
    force: bool,  # noqa: FBT001 - click passes it by keyword
    outputs: Outputs,
) -> int:
    """Show what is slower or faster in NEW than in OLD, and what is within noise.

    With one older result, the exit status is 99 if a case is slower by more
    than the threshold (its whole 95% interval is), lost or failed tasks that
    it did not before, or is missing. Results of another machine, other
    releases or other settings are refused; patch levels are said.

    With several older results, or --history, NEW is compared with the band
    that those of its own kind make: the exit status is 99 if a case is beyond
    its band by more than the threshold. Others are left out and named.
    """
    inputs = (*older, new)
    if not older and history is None:
        raise click.UsageError("an older result is missing: crossover diff OLD.json NEW.json, or --history FOLDER")
    outputs.check_inputs([*inputs, *(result_files(history) if history is not None else ())])
    with refuse_contradictions(*inputs):
        if len(older) == 1 and history is None:
            newest, found = _compare_two(older[0], new, threshold, force=force)
        else:
            (newest,) = read_all([new]).values()
            found = compare_with_older(older, history, (new, newest), threshold, force=force)
    if not show_difference(found, newest, outputs):
        return ExitStatus.FAILED
    return ExitStatus.BREACHED if found.breached else ExitStatus.DONE


def _compare_two(base: str, new: str, threshold: float, *, force: bool) -> tuple[AnyResult, Difference]:
    """Return the newer result, and what is different.

    Raises:
        UsageError: they are the same file, cannot be read or cannot be compared.
    """
    results = read_all((base, new))
    if len(results) == 1:
        raise UsageError(f"BASE and NEW are the same file: {readable(base)}")
    earlier, later = results.items()
    return later[1], compare_results(earlier, later, threshold, force=force)


def show_difference(found: Difference, newest: AnyResult, outputs: Outputs) -> bool:
    """Write a difference in every requested format, and print it unless a format goes to standard output.

    The page and the charts show the newest result, too.

    Args:
        found: what is different from older results.
        newest: the result that is compared.
        outputs: where each format is written.

    Returns:
        whether all could be written; if not, a message has said why.
    """
    shown, results = render(found), {found.new: cleaned(newest)}
    written = outputs.take_standard_output() or print_result(lambda console: console.print(shown))
    texts: dict[str, Callable[[], str]] = {
        "json": lambda: as_json(found),
        "csv": lambda: difference_as_csv(found),
        "markdown": lambda: as_markdown({found.new: (shown, host_line(newest))}),
        "html": lambda: FORMATS["html"](results, [found]),
    }
    for name, where in outputs.places().items():
        written &= write_format(texts[name](), where)
    if outputs.charts is not None:
        written &= write_charts(results, [found], outputs.charts)
    return written
