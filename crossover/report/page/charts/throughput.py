"""Throughput with its intervals, by group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt

from crossover.derived.rounds import rounds_of
from crossover.report.page.charts.drawing.axes import group_names, names, rates, rows_of
from crossover.report.page.charts.drawing.columns import KNOWN, interval, read, standing, undone
from crossover.report.page.charts.drawing.theme import BLUE, EXACT, INK, RED, data, finished
from crossover.report.page.parts import Chart
from crossover.report.topics.outline import Table
from crossover.report.wording.comparison import has_enough, ranked, versus_fastest
from crossover.report.wording.figures import UNDONE, group_label
from crossover.results.comparison import Result
from crossover.results.findings import Standing, Summary

HEADINGS = ("transport", "tasks/s", "95% low", "95% high", *UNDONE, "CPU µs", "vs fastest", "group")


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
    order = rows_of(groups)
    told = ranked(result)
    ends = {one.transport: _interval(result, one) for one in result.summary}
    values = data(
        {"name": one.transport, "tasks/s": one.throughput, "from": ends[one.transport][0],
         "to": ends[one.transport][1], "end": ends[one.transport][1] or one.throughput, "read": _read(one),
         "standing": standing(one.standing, told=told and has_enough(result, one)), "group": group_label(one.group)}
        for one in result.summary
    )  # fmt: skip
    figures = [alt.Tooltip(f"{name}:Q", format=EXACT) for name in ("tasks/s", "from", "to")]
    base = alt.Chart(values).encode(y=names(order), tooltip=["name:N", *figures, "standing:N", "group:N"])
    shown = [end for one in result.summary for end in (one.throughput, *ends[one.transport]) if end is not None]
    x, apart = rates("tasks/s:Q", "tasks/s", shown)
    colour = alt.condition(f"datum.standing == '{Standing.DAMAGED}'", alt.value(RED), alt.value(BLUE))
    made = base.mark_point(size=80, filled=True, opacity=1) if apart else base.mark_bar(height=14)
    rule = base.transform_filter(KNOWN).mark_rule(color=INK, strokeWidth=2).encode(x=alt.X("from:Q"), x2="to:Q")
    word = base.mark_text(align="left", dx=6, color=INK, fontSize=11).encode(x=alt.X("end:Q"), text="read:N")
    layers = (rule, made.encode(x=x, color=colour)) if apart else (made.encode(x=x, color=colour), rule)
    return finished(*layers, word, *group_names(order), rows=len(order), labels=[_read(one) for one in result.summary])


def _interval(result: Result, one: Summary) -> tuple[float | None, float | None]:
    return interval(one.ci95_low, one.ci95_high, len(rounds_of(result, one.transport)))


def _read(one: Summary) -> str:
    return read(one.throughput, damaged=one.standing is Standing.DAMAGED)


def _says(summary: Sequence[Summary]) -> str:
    figures = ", ".join(f"{one.transport} {_read(one)}" for one in summary)
    return f"Bars of tasks per second with their 95% intervals: {figures}."


def _row(result: Result, one: Summary, versus: str) -> list[Any]:
    figures = [one.throughput, *_interval(result, one), *undone(rounds_of(result, one.transport))]
    return [one.transport, *figures, one.cpu_us, versus, group_label(one.group)]
