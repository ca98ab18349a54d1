"""Throughput with its intervals, by group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt

from crossover.derived.labels import workers_of
from crossover.derived.rounds import rounds_of
from crossover.report.page.charts.drawing.axes import group_names, names, rates, rows_of, with_words
from crossover.report.page.charts.drawing.columns import KNOWN, interval, read, said_of, standing, undone
from crossover.report.page.charts.drawing.theme import BESIDE, BLUE, EXACT, INK, RED, data, finished
from crossover.report.page.parts import Chart
from crossover.report.topics.outline import Table
from crossover.report.wording.comparison.ranking import has_enough, ranked, versus_fastest
from crossover.report.wording.figures import UNDONE, group_label
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import Standing, Summary

HEADINGS = (
    "transport", "workers", "tasks/s", "95% low", "95% high", *UNDONE, "CPU µs", "vs fastest", "limited by", "group",
)  # fmt: skip
HOLLOW = {"filled": False, "stroke": RED, "strokeWidth": 2, "strokeDash": [4, 3]}
"""What went wrong looks different without its colour, too."""
FAINT = 0.45  # of what is no ceiling, since its workers limited it


def throughput(result: Result) -> Iterator[Chart]:
    """Return tasks per second of each transport, with the 95% interval of the median."""
    summary = result.summary
    if not summary:
        return
    versus = versus_fastest(result)
    rows = [_row(result, one, how) for one, how in zip(summary, versus, strict=True)]
    table = Table("Throughput, with the 95% interval of the median", HEADINGS, rows)
    yield Chart("throughput", _says(summary), _bars(result), table)


def _bars(result: Result) -> dict[str, Any]:
    groups: dict[str, list[str]] = {}
    for one in result.summary:
        groups.setdefault(group_label(one.group), []).append(one.transport)
    order, words = with_words(rows_of(groups), said_of(result))
    ends = {one.transport: _interval(result, one) for one in result.summary}
    shown = [end for one in result.summary for end in (one.throughput, *ends[one.transport]) if end is not None]
    x, apart = rates("tasks/s:Q", "tasks/s", shown)
    figures = [alt.Tooltip(f"{name}:Q", format=EXACT) for name in ("tasks/s", "from", "to")]
    tips: list[Any] = ["name:N", "workers:Q", *figures, "standing:N", "limited by:N", "group:N"]
    rows = [_drawn(result, one, ends[one.transport]) for one in result.summary]
    layers = []
    for looks, kept in _looks(result.summary):
        base = alt.Chart(data(row for row in rows if row["name"] in kept)).encode(y=names(order), x=x, tooltip=tips)
        layers.append(base.mark_point(size=80, **looks) if apart else base.mark_bar(height=14, **looks))
    base = alt.Chart(data(rows)).encode(y=names(order))
    rule = base.transform_filter(KNOWN).mark_rule(color=INK, strokeWidth=2).encode(x=alt.X("from:Q"), x2="to:Q")
    word = base.mark_text(**BESIDE).encode(x=alt.X("end:Q"), text="read:N")
    layers = [rule, *layers] if apart else [*layers, rule]
    labels = [_read(one) for one in result.summary]
    return finished(*layers, word, *words, *group_names(order), rows=len(order), labels=labels)


def _drawn(result: Result, one: Summary, ends: tuple[float | None, float | None]) -> dict[str, Any]:
    low, high = ends
    told = ranked(result) and has_enough(result, one)
    return {
        "name": one.transport, "workers": workers_of(one), "tasks/s": one.throughput, "from": low, "to": high,
        "end": high or one.throughput, "read": _read(one), "standing": standing(one.standing, told=told),
        "limited by": str(one.limit or "unknown"), "group": group_label(one.group),
    }  # fmt: skip


def _looks(summary: Sequence[Summary]) -> Iterator[tuple[dict[str, Any], set[str]]]:
    """Yield how bars look, and which ones; a layer without data would have no scale."""
    solid = {"filled": True, "color": BLUE}
    of_standing = {Standing.DAMAGED: HOLLOW, Standing.LIMITED: solid | {"opacity": FAINT}}
    for looks in (solid | {"opacity": 1}, *of_standing.values()):
        kept = {one.transport for one in summary if of_standing.get(one.standing, solid | {"opacity": 1}) == looks}
        if kept:
            yield looks, kept


def _interval(result: Result, one: Summary) -> tuple[float | None, float | None]:
    return interval(one.ci95_low, one.ci95_high, len(rounds_of(result, one.transport)))


def _read(one: Summary) -> str:
    return read(one.throughput, damaged=one.standing is Standing.DAMAGED)


def _says(summary: Sequence[Summary]) -> str:
    figures = ", ".join(f"{one.transport} {_read(one)}{_limited(one)}" for one in summary)
    return f"Bars of tasks per second with their 95% intervals: {figures}."


def _limited(one: Summary) -> str:
    return f" (limited by {one.limit})" if one.standing is Standing.LIMITED and one.limit else ""


def _row(result: Result, one: Summary, versus: str) -> list[Any]:
    figures = [one.throughput, *_interval(result, one), *undone(rounds_of(result, one.transport))]
    limit = str(one.limit or "-")
    return [one.transport, workers_of(one), *figures, one.cpu_us, versus, limit, group_label(one.group)]
