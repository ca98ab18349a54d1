"""Throughput: a row for each transport, by group."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from crossover.derived.rounds import rounds_of
from crossover.report.terminal.layout.columns import AnyColumn, Column, bars, marks
from crossover.report.terminal.layout.grid import Grid
from crossover.report.wording.comparison import CAPTION, parts_of_plateau, versus_fastest
from crossover.report.wording.figures import UNDONE, failures, figure, group_label, interval, or_dash, spread
from crossover.results.comparison import Result
from crossover.results.findings import Summary
from crossover.results.records import Run


def throughput(result: Result) -> list[Grid]:
    """Return the table, by group; none if no throughput was measured."""
    summary = result.summary
    if not summary:
        return []
    rounds = [rounds_of(result, one.transport) for one in summary]
    top = max(one.throughput for one in summary)
    columns: list[AnyColumn] = [
        Column("transport", [one.transport for one in summary]),
        Column("tasks/s", [figure(one.throughput) for one in summary]),
        *(
            [Column("window", [f"{runs[0].load.window:,}" if runs and runs[0].load.window else "-" for runs in rounds])]
            if result.plan.windows
            else []
        ),
        bars([one.throughput / top if top else 0.0 for one in summary]),
        Column("± 95%", [_spread(one, len(runs)) for one, runs in zip(summary, rounds, strict=True)]),
        Column("95% interval", [interval(one.ci95_low, one.ci95_high) for one in summary], rank=3),
        Column("vs fastest", versus_fastest(result), left=True, rank=2),
        *(Column(heading, [_sum(runs, name) for runs in rounds]) for heading, name in UNDONE.items()),
        Column("CPU µs", [or_dash(one.cpu_us) for one in summary]),
        marks([[run.throughput for run in runs] for runs in rounds]),
    ]
    return [Grid(columns, [group_label(one.group) for one in summary])]


def _spread(one: Summary, rounds: int) -> str:
    return spread(one.throughput, one.ci95_low, one.ci95_high) if rounds > 1 else "-"


def _sum(runs: Sequence[Run], name: str) -> Text:
    return failures(sum(getattr(run.delivery, name) for run in runs))


def windows(result: Result) -> list[Grid]:
    """Return what each transport carried with each window that was tried; none where none was."""
    searches = [search for search in result.window_searches if search.plateau]
    if not searches:
        return []
    tried = sorted({point.window for search in searches for point in search.points})
    parts = [parts_of_plateau(search) for search in searches]
    columns: list[AnyColumn] = [
        Column("transport", [search.transport for search in searches]),
        Column("window", [f"{search.window:,}" for search in searches]),
        Column("plateau/s", [or_dash(search.plateau) for search in searches]),
        *(
            Column(f"{window:,}", [or_dash(each.get(window), "{:.0%}".format) for each in parts], rank=number)
            for number, window in enumerate(tried, start=1)
        ),
    ]
    return [Grid(columns, caption=CAPTION)]
