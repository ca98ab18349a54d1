"""Throughput with its intervals, those that promise the same beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import altair as alt

from crossover.contract.findings import Standing, Summary
from crossover.contract.result import Result
from crossover.report.charts.looks import BLUE, INK, RED, data, finished, group_names, names, rates, rows_of
from crossover.report.parts import Chart, Table
from crossover.report.words import figure

HEADINGS = ("transport", "tasks/s", "95 % from", "95 % to", "lost", "dup.", "failed", "corr.", "CPU µs", "standing",
            "promise")  # fmt: skip
UNDONE = ("lost", "duplicated", "failed", "corrupted")


def throughput(result: Result) -> Iterator[Chart]:
    """Return tasks per second of each transport, with the 95 % interval of the median."""
    summary = result.summary
    if not summary:
        return
    groups: dict[str, list[str]] = {}
    for one in summary:
        groups.setdefault(one.group, []).append(one.transport)
    rows = [_row(result, one) for one in summary]
    table = Table("Throughput, with the 95 % interval of the median", HEADINGS, rows)
    yield Chart("throughput", _says(summary), bars(summary, rows_of(groups)), table)


def bars(summary: Sequence[Summary], order: Sequence[str]) -> dict[str, Any]:
    """Return bars with intervals."""
    values = data(
        {"name": one.transport, "tasks/s": one.throughput, "from": one.ci95_low, "to": one.ci95_high,
         "read": figure(one.throughput), "standing": str(one.standing), "promise": one.group}
        for one in summary
    )  # fmt: skip
    base = alt.Chart(values).encode(y=names(order), tooltip=["name:N", alt.Tooltip("tasks/s:Q", format=",.4~g"),
                                    alt.Tooltip("from:Q", format=",.4~g"), alt.Tooltip("to:Q", format=",.4~g"),
                                    "standing:N", "promise:N"])  # fmt: skip
    x, apart = rates(
        "tasks/s:Q", "tasks/s", [end for one in summary for end in (one.throughput, one.ci95_low, one.ci95_high)]
    )
    colour = alt.condition(f"datum.standing == '{Standing.DAMAGED}'", alt.value(RED), alt.value(BLUE))
    made = base.mark_point(size=80, filled=True, opacity=1) if apart else base.mark_bar(height=14)
    interval = base.mark_rule(color=INK, strokeWidth=2).encode(x=alt.X("from:Q"), x2="to:Q")
    word = base.mark_text(align="left", dx=6, color=INK, fontSize=11).encode(x=alt.X("to:Q"), text="read:N")
    layers = (interval, made.encode(x=x, color=colour)) if apart else (made.encode(x=x, color=colour), interval)
    return finished(*layers, word, *group_names(order), rows=len(order), labelled=True)


def _says(summary: Sequence[Summary]) -> str:
    figures = ", ".join(f"{one.transport} {figure(one.throughput)}" for one in summary)
    return f"Bars of tasks per second with their 95 % intervals: {figures}."


def _row(result: Result, one: Summary) -> list[Any]:
    delivered = [run.delivery for run in result.runs if run.transport == one.transport]
    undone = [sum(getattr(delivery, what) for delivery in delivered) for what in UNDONE]
    figures = [one.throughput, one.ci95_low, one.ci95_high]
    return [one.transport, *figures, *undone, one.cpu_us, str(one.standing), one.group]
