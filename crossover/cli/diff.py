"""`crossover diff`."""

from __future__ import annotations

import click
from rich.console import Console

from crossover.analysis.differences import difference
from crossover.cli.main import BREACHED
from crossover.cli.report import fitting, read_all
from crossover.cli.types import Part
from crossover.contract.difference import Difference
from crossover.contract.errors import UsageError
from crossover.report import diff_terminal, files
from crossover.report.markdown import as_markdown, host_line
from crossover.report.reading import kind_of

MOST_SAID = 6  # of what is not alike


@click.command(name="diff", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("base", metavar="BASE.json")
@click.argument("new", metavar="NEW.json")
@click.option("--threshold", type=Part(), default="10%", show_default=True, help="By so much each may be slower.")
@click.option("--force", is_flag=True, help="Compare them although host or settings differ.")
@click.option("--markdown", metavar="FILE", help="Write what is shown there, for a pull request (-: standard output).")
def command(base: str, new: str, threshold: float, force: bool, markdown: str | None) -> int:  # noqa: FBT001 - by keyword
    """Say what is slower or faster in NEW than in BASE, or cannot be told apart.

    The exit status is 99 where something is slower by more than the threshold, as all of its 95 % interval says, or
    was lost or failed that was not before, or is not there any more. Results of another machine, other versions or
    settings are refused.

    \b
    crossover diff base.json new.json
    crossover diff base.json new.json --threshold 5% --markdown -
    """  # noqa: D301 - click keeps the lines after this mark as they are
    if markdown is not None:
        files.check_writable(markdown)
    if base == new:
        raise UsageError(f"BASE and NEW are the same file: {base}")
    with fitting(base, new):
        before, now = read_all((base, new)).values()
        if kind_of(before) != kind_of(now):
            raise UsageError(f"{base} is of the kind {kind_of(before)}, {new} of the kind {kind_of(now)}")
        found = difference(before, now, threshold)
    _refuse(found, base, new, force=force)
    page = diff_terminal.render(found, base, new)
    if markdown != files.STANDARD_OUTPUT:
        Console().print(page)
    if markdown is not None:
        files.write(as_markdown({new: (page, host_line(now))}), markdown)
    return BREACHED if found.breached else 0


def _refuse(found: Difference, base: str, new: str, *, force: bool) -> None:
    """Refuse what means nothing beside each other.

    Raises:
        UsageError: host or settings are not the same, or there is nothing that both have measured.
    """
    if found.unlike and not force:
        more = f"; and {len(found.unlike) - MOST_SAID} more" if len(found.unlike) > MOST_SAID else ""
        what = "; ".join(found.unlike[:MOST_SAID]) + more
        raise UsageError(f"{new} is not of the same host and settings as {base}: {what}. --force compares them")
    if not found.changes and not found.gone:
        only = [*found.only_base, *found.only_new]
        raise UsageError(f"{base} and {new} have nothing in common: there are {', '.join(only) or 'no runs'}")
