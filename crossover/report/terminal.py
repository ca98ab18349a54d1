"""What a person sees in the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crossover.contract.records import ENOUGH_ROUNDS, WRONG_VALUE, Crossing, End, Result, Run, Standing, Summary

BAR, NARROWEST_BAR, NAME, WIDTH = 12, 4, 14, 80  # columns
HEADINGS = ("transport", "tasks/s", "", "± 95 %", "lost", "dup.", "failed", "corr.", "CPU µs")
BAR_COLUMN = 2
BETWEEN = 2  # columns, as rich has it
EIGHTHS = " ▏▎▍▌▋▊▉"
MOST_REASONS = 3
RULE_OF_THREE = 3  # nothing in n tries: the rate is below 3/n at 95 % (Hanley & Lippman-Hand 1983)


def render(result: Result) -> RenderableType:
    """Return a result's table, and under it in words what it says."""
    return Group(Text(_headline(result), style="bold"), *_tables(result), *_notes(result))


def _headline(result: Result) -> str:
    plan = result.plan
    payload = "" if plan.payload_bytes is None else f" of {plan.payload_bytes:,} bytes"
    return (
        f"{plan.workload}: {plan.tasks:,} tasks{payload}, {_plural(plan.rounds, 'round')}, "
        f"{_plural(plan.workers, 'worker')}, batch {plan.batch:,}, window {plan.window:,}, {plan.safety} safety"
    )


def _tables(result: Result) -> Iterator[RenderableType]:
    """Return a table for each group, all with columns of the same width."""
    longest = max((len(summary.transport) for summary in result.summary), default=0)
    bar_width = max(NARROWEST_BAR, BAR - max(0, longest - NAME))  # a long name takes from the bar first
    top = max((summary.throughput for summary in result.summary), default=0.0)
    groups: dict[str, list[list[Text]]] = {}
    for summary in result.summary:
        row = list(_row(summary, _runs_of(result, summary.transport), top, bar_width))
        groups.setdefault(summary.group, []).append(row)
    rows = [row for group in groups.values() for row in group]
    widths = [max(len(cell) for cell in column) for column in zip(map(Text, HEADINGS), *rows, strict=True)]
    widths[BAR_COLUMN] = bar_width
    widths[0] = min(widths[0], WIDTH - sum(widths[1:]) - BETWEEN * (len(widths) - 1))
    yield _table([], widths, headed=True)
    for group, members in groups.items():
        if len(groups) > 1:
            yield Text(f"{group}:", style="italic")
        yield _table(members, widths, headed=False)


def _table(rows: Sequence[Sequence[Text]], widths: Sequence[int], *, headed: bool) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", show_header=headed)
    for number, (heading, width) in enumerate(zip(HEADINGS, widths, strict=True)):
        if number == 0:
            table.add_column(heading, overflow="fold", width=width)
        else:
            table.add_column(heading, justify="left" if number == BAR_COLUMN else "right", no_wrap=True, width=width)
    for row in rows:
        table.add_row(*row)
    return table


def _row(summary: Summary, runs: Sequence[Run], top: float, width: int) -> Iterator[Text]:
    spread = (summary.ci95_high - summary.ci95_low) / 2 / summary.throughput if summary.throughput else 0.0
    yield Text(summary.transport)
    yield Text(_figure(summary.throughput))
    yield Text(bar(summary.throughput / top if top else 0.0, width), style="cyan")
    yield Text(f"{spread:.1%}" if len(runs) > 1 else "-")
    for counts in zip(
        *((d.lost, d.duplicated, d.failed, d.corrupted) for d in (run.delivery for run in runs)), strict=True
    ):
        yield Text(f"{sum(counts):,}", style="bold red" if any(counts) else "")
    yield Text("-" if summary.cpu_us is None else _figure(summary.cpu_us))


def bar(fraction: float, width: int = BAR) -> str:
    """Return a bar, exact to an eighth of a column.

    Args:
        fraction: 0 to 1.
        width: columns of a full bar.
    """
    eighths = round(fraction * width * 8)
    return ("█" * (eighths // 8) + EIGHTHS[eighths % 8]).rstrip()


def _notes(result: Result) -> Iterator[Text]:
    yield Text()
    yield from map(Text, _answer(result))
    yield from _values(result)
    yield from map(Text, _bound(result))
    yield from _warnings(result)
    for run in result.runs:
        if run.ending != End.FINISHED:
            yield _said("red", f"{run.transport}, round {run.round}:", run.ending)
    yield from _failures(result)
    for skipped in result.skipped:
        yield Text(f"skipped: {skipped.transport}: {skipped.reason}")


def _said(style: str, heading: str, text: str) -> Text:
    return Text.assemble((heading, style), f" {text}")


def _answer(result: Result) -> Iterator[str]:
    groups: dict[str, list[Summary]] = {}
    for summary in result.summary:
        groups.setdefault(summary.group, []).append(summary)
    if len(result.summary) < 2 or not any(s.standing is Standing.FASTEST for s in result.summary):  # noqa: PLR2004
        return
    rounds = min(len(_runs_of(result, summary.transport)) for summary in result.summary)
    if rounds < ENOUGH_ROUNDS:
        yield f"{_plural(rounds, 'round')} cannot tell a difference from noise: give it more (-r 5)."
        return
    for group, members in groups.items():
        yield from _ranking(f"Fastest {group}" if len(groups) > 1 else "Fastest", members)
    if result.crossing:
        yield _crossing(result.crossing)


def _ranking(heading: str, members: Sequence[Summary]) -> Iterator[str]:
    standing = {kind: [s for s in members if s.standing is kind] for kind in Standing}
    for fastest in standing[Standing.FASTEST]:
        close = ", ".join(summary.transport for summary in standing[Standing.CLOSE])
        yield f"{heading}: {fastest.transport}, {_figure(fastest.throughput)} tasks/s." + (
            f" Not distinguishable from it: {close}." if close else ""
        )
        if slower := [f"{s.transport} {s.throughput / fastest.throughput:.2f} ×" for s in standing[Standing.SLOWER]]:
            yield f"Slower: {', '.join(slower)}."


def _crossing(found: Crossing) -> str:
    """Say what it costs to leave the machine."""
    if found.added_us is None or found.from_ms is None:
        return f"To leave the machine costs nothing that could be told: {found.remote} beside {found.local}."
    cpu = "" if found.added_cpu_us is None else f" ({found.added_cpu_us:+.0f} µs CPU)"
    return (
        f"To leave the machine: {found.local} is {found.factor:.2f} × as fast as {found.remote}, which adds "
        f"{_figure(found.added_us)} µs to each task{cpu}. Tasks of "
        f"{_figure(found.from_ms)} ms or more hide that: they run as fast through either, within 5 %."
    )


def _values(result: Result) -> Iterator[Text]:
    finished = [run for run in result.runs if run.ending == End.FINISHED]
    digests = {run.value_digest for run in finished}
    if len(digests) == 1 and any(run.delivery.completed > run.delivery.corrupted for run in finished):
        yield Text(f"Every run gave the same values (value_digest {digests.pop()}).")
    elif len(digests) > 1:
        hint = "A function whose values depend on time or chance needs a check." if ":" in result.plan.workload else ""
        said = f"{len(digests)} different value_digests. {hint}".rstrip()
        yield _said("red", "The runs did not all give the same values:", said)


def _bound(result: Result) -> Iterator[str]:
    tried = min(
        (sum(run.delivery.completed for run in _runs_of(result, s.transport)) for s in result.summary), default=0
    )
    if tried >= 2 * RULE_OF_THREE and not any(run.delivery.lost for run in result.runs):
        bound = f"fewer than 1 in {tried // RULE_OF_THREE:,}"
        yield f"No loss in {tried:,} tasks each: {bound} at 95 % confidence, as long as nothing dies."


def _warnings(result: Result) -> Iterator[Text]:
    """Say each warning once, and whom it is about."""
    about: dict[str, list[str]] = {}
    for summary in result.summary:
        for warning in summary.warnings:
            about.setdefault(warning, []).append(summary.transport)
    for warning, transports in about.items():
        yield _said("yellow", "warning:", f"{', '.join(transports)}: {warning}")


def _failures(result: Result) -> Iterator[Text]:
    reasons: Counter[str] = Counter()
    for run in result.runs:
        reasons.update(run.reasons)
    for reason, tasks in reasons.most_common(MOST_REASONS):
        yield _said("red", "corrupted:" if reason.startswith(WRONG_VALUE) else "failed:", f"{tasks:,} × {reason}")
    if len(reasons) > MOST_REASONS:
        yield _said("red", "failed:", f"… and {len(reasons) - MOST_REASONS} more kinds of failure (see --json)")


def _figure(value: float) -> str:
    """Three digits are what noise leaves of a small figure."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004


def _runs_of(result: Result, label: str) -> list[Run]:
    return [run for run in result.runs if run.transport == label]


def _plural(count: int, what: str) -> str:
    return f"{count:,} {what}" + ("" if count == 1 else "s")
