"""What failed, was lost or hung: the first thing that a report says, grouped by what happened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.text import Text

from crossover.derived.labels import without_workers
from crossover.derived.losses import totals
from crossover.report.wording.figures import plural
from crossover.results.comparison import Result
from crossover.results.records import WRONG_VALUE, End, Run

STYLE = "bold red"
GOOD_ENDS = {End.FINISHED, End.TIME_UP, End.INTERRUPTED}
LONGEST = 240  # characters of the first message that is quoted: what helps may stand at its end
MOST_KINDS = 3  # of errors that are named for each transport
LISTED = 20  # different messages that a run records at most
Runs = Mapping[str, Sequence[Run]]


def bad_news(result: Result) -> list[Text]:
    """Return what went wrong, a heading first; nothing where nothing did."""
    rows: dict[str, list[Run]] = {}
    for run in result.runs:
        rows.setdefault(_row(run), []).append(run)
    said: dict[tuple[str, ...], list[str]] = {}
    for row, runs in rows.items():
        if sentences := tuple(_of(runs)):
            said.setdefault(sentences, []).append(row)
    differing = _different_values(result)
    if not said:
        return differing
    wrong = {name for names in said.values() for name in names}
    of = f"{len(wrong):,} of {plural(len(rows), 'transport')}" if len(rows) > 1 else "The transport"
    found = [Text(f"{of} did not finish clean", style=STYLE)]
    for sentences, names in said.items():
        found += [Text(f"  {', '.join(names)}: {sentence}", style="red") for sentence in sentences]
    return [*found, *differing]


def _different_values(result: Result) -> list[Text]:
    """Return that the runs did not do the same, where no check of the workload decides what is right."""
    found = result.values
    if found is None or not found.differing:
        return []
    of = f"{found.differing:,} of {plural(found.tasks, 'task')}"
    return [Text(f"{of} did not return the same value in every run (--full says where)", style=STYLE)]


def _row(run: Run) -> str:
    """Return how a row is named: with its number of workers only where that was typed or added."""
    name = without_workers(run.transport)
    return name if name == run.transport else f"{name} with {plural(run.workers, 'worker')}"


def _of(runs: Sequence[Run]) -> Iterator[str]:
    """Yield what went wrong in the runs of one transport."""
    attempted = sum(run.delivery.attempted for run in runs)
    for what, tasks in totals(runs, ("lost", "duplicated", "unexpected")).items():
        if tasks:
            yield f"{_part(tasks, attempted)} {what}"
    failed = sum(run.delivery.failed for run in runs)
    corrupted = sum(run.delivery.corrupted for run in runs)
    reasons = _by_type(run.reasons for run in runs)
    errors = {kind: messages for kind, messages in reasons.items() if kind != WRONG_VALUE}
    if failed:
        yield f"{_part(failed, attempted)} failed{_errors(errors)}"
    if corrupted:
        yield f"{_part(corrupted, attempted)} returned a wrong value{_first(reasons.get(WRONG_VALUE, Counter()))}"
    for run in runs:
        if run.ending not in GOOD_ENDS:
            yield f"round {run.round}: {run.ending}"


def _part(tasks: int, attempted: int) -> str:
    return f"{tasks:,} of {plural(attempted, 'task')}" if attempted > tasks else f"all {plural(tasks, 'task')}"


def _by_type(found: Iterable[Mapping[str, int]]) -> dict[str, Counter[str]]:
    """Return type of the exception → message → how many tasks."""
    reasons: dict[str, Counter[str]] = {}
    for some in found:
        for reason, tasks in some.items():
            kind, _, message = reason.partition(":")
            reasons.setdefault(kind.strip(), Counter())[message.strip()] += tasks
    return reasons


def _errors(errors: Mapping[str, Counter[str]]) -> str:
    """Return the types of the exceptions, each with how many different messages it had, and the first of them."""
    if not errors:
        return ""
    often = sorted(errors, key=lambda kind: -errors[kind].total())
    listed = [f"{kind}{_first(errors[kind])}" for kind in often[:MOST_KINDS]]
    more = f", and {len(often) - MOST_KINDS} more types" if len(often) > MOST_KINDS else ""
    return f": {', '.join(listed)}{more}"


def _first(messages: Counter[str]) -> str:
    first = min(messages, key=lambda one: (len(one), one), default="")
    short = first if len(first) <= LONGEST else f"{first[: LONGEST - 1]}…"
    if not short:
        return ""
    if len(messages) == 1:
        return f' ("{short}")'
    many = f"{len(messages):,} different messages" if len(messages) < LISTED else f"{LISTED} or more different messages"
    return f' ({many}; first: "{short}")'
