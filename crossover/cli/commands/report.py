"""`crossover report`."""

from __future__ import annotations

from collections.abc import Mapping

import click
import msgspec
from msgspec.structs import replace

from crossover.analysis.differences.comparability import host_differences
from crossover.analysis.differences.level import ENOUGH_RESULTS
from crossover.cli.completion import files
from crossover.cli.exit_status import ExitStatus, write_message
from crossover.cli.help import Example, Group, grouped_command, option
from crossover.cli.older_results import compare_last_with_others
from crossover.cli.options import FULL, output_options
from crossover.cli.outputs import Outputs
from crossover.cli.parameter_types import DEFAULT_THRESHOLD, Fraction
from crossover.cli.result_files import compare_results, read_all, refuse_contradictions
from crossover.cli.showing import show_results, write_format
from crossover.contract.errors import UsageError
from crossover.report.formats import result_reader
from crossover.report.formats.places import STANDARD_OUTPUT, place
from crossover.report.wording.claims.messages import LANGUAGES
from crossover.results.claims import ClaimsResult
from crossover.results.conclusions.difference import Difference
from crossover.results.kinds import AnyResult, file_kind


@grouped_command(
    "report",
    Example("Show a result again", "crossover report result.json"),
    Example("Compare a newer result with an earlier one", "crossover report before.json after.json --markdown -"),
    Example("Make a page and pictures", "crossover report result.json --html page.html --charts ."),
)
@click.argument("paths", nargs=-1, metavar="RESULT.json...", shell_complete=files)
@option(
    Group.COMPARISON,
    "--threshold",
    type=Fraction(),
    default_text="none",
    help="How much slower than the first result each case may be, as 10% or 0.1; else the exit status is 99.",
)
@FULL
@option(
    Group.OUTPUT,
    "--lang",
    "language",
    type=click.Choice(LANGUAGES),
    default_text="that of the result",
    help="Language of the sentences in results of claims.",
)
@output_options
@option(Group.OUTPUT, "--schema", is_flag=True, help="Write only the JSON Schema of result files.")
def command(
    paths: tuple[str, ...],
    outputs: Outputs,
    threshold: float | None,
    language: str | None,
    schema: bool,  # noqa: FBT001 - click passes it by keyword
) -> int:
    """Show results that --json saved: in the terminal, or in another format.

    RESULT.json is a file of compare, scale, safety, share or claims; - is
    standard input. If there are several, each is compared with the first one, as
    crossover diff does; of seven or more, the last one also with the others.
    """
    if schema:
        if paths or outputs != Outputs():
            raise click.UsageError("--schema takes no result and no other output: it writes to standard output")
        text = msgspec.json.format(msgspec.json.encode(result_reader.schema()), indent=2).decode() + "\n"
        return ExitStatus.DONE if write_format(text, place(STANDARD_OUTPUT)) else ExitStatus.FAILED
    if not paths:
        raise click.UsageError("RESULT.json is missing; give a file that --json wrote")
    outputs.check_inputs(paths)
    with refuse_contradictions(*paths):
        results = _in_language(read_all(paths), language)
        if len(results) < len(paths):
            click.echo("crossover: a file that is named more than once is shown once", err=True)
        if outputs.json is not None and len(results) > 1:
            raise UsageError(f"--json writes one result, and {len(results)} are given; give one")
        if threshold is not None and len(results) == 1:
            raise UsageError("--threshold compares with the first result, and only one is given; give two or more")
        changes = [*_last_against_others(results, threshold), *_changes(results, threshold)]
        if not show_results(results, outputs, changes):
            return ExitStatus.FAILED
    if not any(one.runs or getattr(one, "self_test", None) for one in results.values()):
        write_message("nothing was measured")
        return ExitStatus.FAILED
    breached = threshold is not None and any(one.breached for one in changes)
    return ExitStatus.BREACHED if breached else ExitStatus.DONE


def _in_language(results: Mapping[str, AnyResult], language: str | None) -> Mapping[str, AnyResult]:
    """Return the results, those of claims with another language.

    Args:
        results: path → result.
        language: of their sentences; None: that in which each was made.

    Raises:
        UsageError: a language is given, and no result has any.
    """
    if language is None:
        return results
    if not any(isinstance(one, ClaimsResult) for one in results.values()):
        raise UsageError("--lang is for results of crossover claims; the others are in English")
    return {
        path: replace(one, plan=replace(one.plan, language=language)) if isinstance(one, ClaimsResult) else one
        for path, one in results.items()
    }


def _last_against_others(results: Mapping[str, AnyResult], threshold: float | None) -> list[Difference]:
    """Compare the last result with the band of the others, where there are enough of its own kind."""
    if len(results) <= ENOUGH_RESULTS:
        return []
    try:
        found = compare_last_with_others(results, Fraction()(DEFAULT_THRESHOLD) if threshold is None else threshold)
    except UsageError:  # each result is compared with the first one, too, which says why
        return []
    return [found] if len(found.older or ()) >= ENOUGH_RESULTS else []


def _changes(results: Mapping[str, AnyResult], threshold: float | None) -> list[Difference]:
    """Compare each result with the first one; without a threshold, only those that can be compared.

    Raises:
        UsageError: one cannot be compared, and a threshold is given.
    """
    base, *others = results.items()
    if threshold is not None:
        return [compare_results(base, new, threshold) for new in others]
    found = []
    for new in others:
        if isinstance(base[1], ClaimsResult) and isinstance(new[1], ClaimsResult):  # verdicts: both are shown
            continue
        if file_kind(base[1]) != file_kind(new[1]):
            _warn_of_other_host(base, new)
            continue
        try:
            found.append(compare_results(base, new, Fraction()(DEFAULT_THRESHOLD)))
        except UsageError as error:
            write_message(str(error))
    return found


def _warn_of_other_host(base: tuple[str, AnyResult], new: tuple[str, AnyResult]) -> None:
    """Warn if a result was measured on another host than the first one: their figures cannot be compared."""
    if differs := host_differences(base[1].host, new[1].host):
        write_message(f"{new[0]} and {base[0]} were not measured on the same host and brokers: {'; '.join(differs)}")
