"""Shared counters: a row for each state."""

from __future__ import annotations

from rich.text import Text

from crossover.report.terminal.layout.columns import AnyColumn, Column, bars, marks
from crossover.report.terminal.layout.grid import Grid
from crossover.report.wording.figures import failures, figure, interval, or_dash
from crossover.results.share import ShareResult, ShareSummary


def counters(result: ShareResult) -> list[Grid]:
    """Return the table; none where nothing was measured."""
    shown = result.summary
    if not shown:
        return []
    top = max(one.updates_per_second for one in shown)
    rounds = [[run.updates_per_second for run in result.runs if run.state == one.state] for one in shown]
    columns: list[AnyColumn] = [
        Column("state", [one.state for one in shown]),
        Column("updates/s", [figure(one.updates_per_second) for one in shown]),
        bars([one.updates_per_second / top if top else 0.0 for one in shown]),
        Column("95% interval", [interval(one.ci95_low, one.ci95_high) for one in shown], rank=3),
        Column("lost", [failures(one.lost_updates) for one in shown]),
        Column("", [_part(one) for one in shown]),
        Column("fair", [f"{one.fairness:.2f}" for one in shown]),
        Column("p50 µs", [or_dash(one.p50_us) for one in shown]),
        Column("p99 µs", [or_dash(one.p99_us) for one in shown]),
        Column("made safe by", [one.made_safe_by for one in shown], left=True, rank=2),
        Column("updates", [f"{one.updates:,}" for one in shown], rank=4),
        marks(rounds),
    ]
    return [Grid(columns)]


def _part(one: ShareSummary) -> Text:
    return failures(
        one.lost_updates, f"{one.lost_updates / one.updates:.1%}" if one.lost_updates and one.updates else ""
    )
