"""`crossover diff`."""

from __future__ import annotations

import click

from crossover.cli.exit_status import ExitStatus
from crossover.cli.help import Example, Group, grouped_command, option
from crossover.cli.outputs import Outputs, print_result, write_format
from crossover.cli.parameter_types import DEFAULT_THRESHOLD, Destination, Fraction
from crossover.cli.result_files import compare_results, read_all, refuse_contradictions
from crossover.contract.errors import UsageError
from crossover.contract.text import readable
from crossover.report.formats import files
from crossover.report.formats.markdown import as_markdown, host_line
from crossover.report.formats.places import Place
from crossover.report.terminal.render import render


@grouped_command(
    "diff",
    Example("What is slower or faster in the newer result", "crossover diff base.json new.json"),
    Example(
        "Fail from 5% on, and write Markdown for a pull request",
        "crossover diff base.json new.json --threshold 5% --markdown -",
    ),
)
@click.argument("base", metavar="BASE.json")
@click.argument("new", metavar="NEW.json")
@option(
    Group.COMPARISON,
    "--threshold",
    type=Fraction(),
    default=DEFAULT_THRESHOLD,
    help="How much slower each case may be, as 10% or 0.1.",
)
@option(Group.COMPARISON, "--force", is_flag=True, help="Compare even if host or settings differ.")
@option(Group.OUTPUT, "--json", type=Destination(), metavar="FILE", help="The whole difference.")
@option(
    Group.OUTPUT, "--markdown", type=Destination(), metavar="FILE", help="What the terminal shows, for a pull request."
)
def command(base: str, new: str, threshold: float, force: bool, **formats: Place | None) -> int:  # noqa: FBT001 - by keyword
    """Show what is slower or faster in NEW than in BASE, and what is within noise.

    The exit status is 99 if a case is slower by more than the threshold (its
    whole 95% interval is), lost or failed tasks that it did not before, or is
    missing. Results of another machine, other releases or other settings are
    refused; patch levels are said.
    """
    outputs = Outputs(**formats)
    outputs.check()
    outputs.check_inputs((base, new))
    with refuse_contradictions(base, new):
        results = read_all((base, new))
        if len(results) == 1:
            raise UsageError(f"BASE and NEW are the same file: {readable(base)}")
        earlier, later = results.items()
        found = compare_results(earlier, later, threshold, force=force)
    page = render(found)
    written = outputs.take_standard_output() or print_result(lambda console: console.print(page))
    if outputs.json is not None:
        written &= write_format(files.as_json(found), outputs.json)
    if outputs.markdown is not None:
        host = host_line(results[found.new])
        written &= write_format(as_markdown({found.new: (page, host)}), outputs.markdown)
    if not written:
        return ExitStatus.FAILED
    return ExitStatus.BREACHED if found.breached else ExitStatus.DONE
