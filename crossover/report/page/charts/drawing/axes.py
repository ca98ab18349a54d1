"""The axes: names in groups, and figures per second, on a logarithm where they are far apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from crossover.report.page.charts.drawing.theme import REMARK, data

MARGIN = 1.1  # where an axis has no line beyond the last value
NAMES = 140  # pixels that names may take
DECADES = 2
THOUSANDS = 4  # decades, from which on 10k reads better than 10,000
WIDE = 30  # times; from here on the shortest bar could not be seen next to the longest
HEADING = "\u00a7"  # begins the name of a row that has words and no mark


def rows_of(groups: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what stands on the axis of names: where there are several groups, the name of each before its members."""
    if len(groups) == 1:
        return [name for members in groups.values() for name in members]
    return [row for group, members in groups.items() for row in (HEADING + group, *members)]


def names(order: Sequence[str]) -> alt.Y:
    """Return the axis of names; the rows that name groups have no label there, see `group_names`."""
    hidden = f"slice(datum.label, 0, 1) == '{HEADING}' ? '' : datum.label"
    axis = alt.Axis(labelExpr=hidden, labelLimit=NAMES, ticks=False, domain=False, title=None, grid=False)
    return alt.Y("name:N", sort=list(order), scale=alt.Scale(domain=list(order)), axis=axis)


def group_names(order: Sequence[str]) -> list[alt.Chart]:
    """Return a layer that writes each group's name in its own row; none where there is one group."""
    groups = [{"name": row, "group": row[1:]} for row in order if row.startswith(HEADING) and row[1:2] != HEADING]
    mark = alt.Chart(data(groups)).mark_text(**REMARK)
    return [mark.encode(y=names(order), x=alt.value(0), text="group:N")] if groups else []


def with_words(order: Sequence[str], words: Mapping[str, str]) -> tuple[list[str], list[alt.Chart]]:
    """Return the rows with one more beneath each that something is said of, and the layer that says it there.

    Args:
        order: what stands on the axis of names.
        words: name → what went wrong with it or limited it; names that are missing or have no words get no row.
    """
    told = {name: words[name] for name in order if words.get(name)}
    rows = [row for name in order for row in ((name, _below(name)) if name in told else (name,))]
    mark = alt.Chart(data({"name": _below(name), "read": said} for name, said in told.items()))
    drawn = mark.mark_text(**REMARK)
    return rows, [drawn.encode(y=names(rows), x=alt.value(0), text="read:N")] if told else []


def _below(name: str) -> str:
    return HEADING + HEADING + name


def rates(field: str, title: str, values: Sequence[float]) -> tuple[alt.X, bool]:
    """Return an axis of tasks or updates per second, and whether it is logarithmic: where some differ by a lot."""
    apart = min(values, default=0.0) > 0 and max(values) > WIDE * min(values)
    if apart:
        return logarithmic(alt.X(field), title, values), True
    return alt.X(field, title=title, axis=alt.Axis(format=",~r", tickCount=4)), False


def logarithmic(channel: Any, title: str, values: Sequence[float]) -> Any:
    """Return a channel with a logarithmic axis, with lines at 1, 10, 100, and where these are few at 2 and 5, too.

    Args:
        channel: of the chart, x or y.
        title: of the axis.
        values: all that are shown; those above 0 count.
    """
    known = [value for value in values if value > 0] or [1.0]
    least, most = math.floor(math.log10(min(known))), math.ceil(math.log10(max(known)))
    steps = (1,) if most - least > DECADES else (1, 2, 5)
    ticks = [step * 10.0**power for power in range(least, most + 1) for step in steps]
    shown = [tick for tick in ticks if min(known) / 5 <= tick <= max(known) * 5]
    ends = [max((tick for tick in shown if tick <= min(known)), default=min(known) / MARGIN),
            min((tick for tick in shown if tick >= max(known)), default=max(known) * MARGIN)]  # fmt: skip
    scale = alt.Scale(type="log", domain=ends, nice=False)
    axis = alt.Axis(
        values=[tick for tick in shown if ends[0] <= tick <= ends[1]], format=",~g" if most < THOUSANDS else "~s"
    )
    return channel.title(f"{title} (logarithmic)").scale(scale).axis(axis)
