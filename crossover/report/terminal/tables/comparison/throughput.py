"""Throughput: a row for each transport, by group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossover.derived.losses import totals
from crossover.derived.rounds import rounds_of
from crossover.report.terminal.layout.columns import AnyColumn, Column, bars, marks
from crossover.report.terminal.layout.grid import Grid
from crossover.report.wording.comparison.ranking import versus_fastest
from crossover.report.wording.figures import (
    NO_DIFFERENCE,
    UNDONE,
    failures,
    figure,
    group_label,
    interval,
    or_dash,
    spread,
)
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import Summary
from crossover.results.records import Run

ALIKE = "≈"  # as short as the interval after it
WRONG = "wrong: tasks that were lost, duplicated, failed or corrupted."


def throughput(result: Result) -> list[Grid]:
    """Return the table, by group, and one of what went wrong, where something did; none if nothing was measured."""
    summary = result.summary
    if not summary:
        return []
    rounds = [rounds_of(result, one.transport) for one in summary]
    top = max(one.throughput for one in summary)
    versus = [words.replace(NO_DIFFERENCE, ALIKE) for words in versus_fastest(result)]
    windows = [f"{runs[0].load.window:,}" if runs and runs[0].load.window else "-" for runs in rounds]
    groups = [group_label(one.group) for one in summary]
    columns: list[AnyColumn] = [
        Column("transport", [one.transport for one in summary]),
        Column("tasks/s", [figure(one.throughput) for one in summary]),
        bars([one.throughput / top if top else 0.0 for one in summary]),
        Column("± 95%", [_spread(one, len(runs)) for one, runs in zip(summary, rounds, strict=True)]),
        Column("95% interval", [_interval(one, len(runs)) for one, runs in zip(summary, rounds, strict=True)], rank=3),
        Column("vs fastest", versus, left=True),
        *([Column("window", windows)] if result.plan.windows else []),
        Column("wrong", [failures(sum(_undone(runs).values())) for runs in rounds]),
        Column("CPU µs", [or_dash(one.cpu_us) for one in summary], rank=1),
        marks([[run.throughput for run in runs] for runs in rounds], rank=2),
    ]
    said = [f"{ALIKE} {NO_DIFFERENCE}."] if any(ALIKE in words for words in versus) else []
    return [Grid(columns, groups, explained=" ".join([*said, WRONG])), *_wrong(summary, rounds)]


def _wrong(summary: Sequence[Summary], rounds: Sequence[Sequence[Run]]) -> Iterator[Grid]:
    """Yield what went wrong with the tasks of each transport that has such tasks."""
    found = [(one.transport, undone) for one, runs in zip(summary, rounds, strict=True)
             if any((undone := _undone(runs)).values())]  # fmt: skip
    if found:
        counts = [Column(what, [failures(undone[what]) for _, undone in found]) for what in UNDONE.values()]
        yield Grid([Column("transport", [name for name, _ in found]), *counts], caption="Tasks that went wrong")


def _spread(one: Summary, rounds: int) -> str:
    return spread(one.throughput, one.ci95_low, one.ci95_high) if rounds > 1 else "-"


def _interval(one: Summary, rounds: int) -> str:
    return interval(one.ci95_low, one.ci95_high) if rounds > 1 else "-"


def _undone(runs: Sequence[Run]) -> dict[str, int]:
    return totals(runs, UNDONE.values())
