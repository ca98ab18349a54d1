"""`crossover diff`."""

from __future__ import annotations

import click

from crossover.cli.main import BREACHED
from crossover.cli.outcome import Outputs, on_terminal
from crossover.cli.results import compared, fitting, read_all
from crossover.cli.types import USUAL_THRESHOLD, Part
from crossover.contract.errors import UsageError
from crossover.contract.text import readable
from crossover.report.formats import files
from crossover.report.formats.markdown import as_markdown, host_line
from crossover.report.terminal import differences


@click.command(name="diff", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("base", metavar="BASE.json")
@click.argument("new", metavar="NEW.json")
@click.option(
    "--threshold", type=Part(), default=USUAL_THRESHOLD, show_default=True, help="By so much each may be slower."
)
@click.option("--force", is_flag=True, help="Compare them although host or settings differ.")
@click.option("--json", metavar="FILE", help="Write what was found there (-: standard output).")
@click.option("--markdown", metavar="FILE", help="Write what is shown there, for a pull request.")
def command(base: str, new: str, threshold: float, force: bool, **formats: str | None) -> int:  # noqa: FBT001 - by keyword
    """Say what is slower or faster in NEW than in BASE, or cannot be told apart.

    The exit status is 99 where something is slower by more than the threshold, as all of its 95 % interval says, or
    was lost or failed that was not before, or is not there any more. Results of another machine, other versions or
    settings are refused.

    \b
    crossover diff base.json new.json
    crossover diff base.json new.json --threshold 5% --markdown -
    """  # noqa: D301 - click keeps the lines after this mark as they are
    outputs = Outputs(**formats)
    outputs.check()
    outputs.spare((base, new))
    with fitting(base, new):
        results = read_all((base, new))
        if len(results) == 1:
            raise UsageError(f"BASE and NEW are the same file: {readable(base)}")
        before, now = results.items()
        found = compared(before, now, threshold, force=force)
    page = differences.render(found)
    if files.STANDARD_OUTPUT not in outputs.asked().values():
        on_terminal().print(page)
    if outputs.json is not None:
        files.write(files.as_json(found), outputs.json)
    if outputs.markdown is not None:
        files.write(as_markdown({found.new: (page, host_line(results[found.new]))}), outputs.markdown)
    return BREACHED if found.breached else 0
