"""Where the time of a task or a message goes: hops stacked, each bar the whole way of one."""

from __future__ import annotations

from collections.abc import Iterator

import altair as alt

from crossover.report.page.charts.drawing.axes import names, with_words
from crossover.report.page.charts.drawing.columns import said_of
from crossover.report.page.charts.drawing.theme import (
    BESIDE,
    BLUE,
    EXACT,
    GREEN,
    PINK,
    RED,
    colours,
    data,
    finished,
    legend,
)
from crossover.report.page.parts import Chart
from crossover.report.topics.outline import Table
from crossover.report.wording.comparison.latency import hops_title
from crossover.report.wording.figures import figure
from crossover.results.comparison import Result

HOPS = {"submit": "submit", "wait": "wait", "execute": "execute", "return": "back"}
HEADINGS = ("transport", *HOPS, "bytes")


def hops(result: Result) -> Iterator[Chart]:
    """Return the share of each hop, and in the table the medians."""
    shown = [(one, one.hops_us) for one in result.summary if one.hops_us]
    if not shown:
        return
    order = [one.transport for one, _ in shown]
    values = data(
        {"name": one.transport, "hop": what, "µs": getattr(found, name), "order": number}
        for one, found in shown
        for number, (what, name) in enumerate(HOPS.items())
    )
    named, words = with_words(order, said_of(result))
    bar = alt.Chart(values).mark_bar(height=16).encode(
        y=names(named),
        x=alt.X("µs:Q", stack="normalize", title="share of the way", axis=alt.Axis(format="%", tickCount=4)),
        color=alt.Color("hop:N", scale=colours(list(HOPS), (BLUE, PINK, GREEN, RED)), legend=legend()),
        order="order:Q",
        tooltip=["name:N", "hop:N", alt.Tooltip("µs:Q", format=EXACT)],
    )  # fmt: skip
    rows = [[one.transport, *(getattr(found, name) for name in HOPS.values()), one.wire_bytes] for one, found in shown]
    each = "; ".join(
        f"{one.transport} " + ", ".join(f"{what} {figure(getattr(found, name))}" for what, name in HOPS.items())
        for one, found in shown
    )
    says = f"{hops_title(result)}, in four hops, each bar in shares of the whole; median µs: {each}."
    table = Table(
        f"{hops_title(result)}, bars in shares, data in median µs; queueing is part of wait and return", HEADINGS, rows
    )
    whole = {one.transport: f"{figure(sum(getattr(found, name) for name in HOPS.values()))} µs" for one, found in shown}
    ends = alt.Chart(data({"name": name, "read": text} for name, text in whole.items()))
    label = ends.mark_text(**BESIDE)
    label = label.encode(y=names(named), x=alt.value("width"), text="read:N")
    spec = finished(bar, label, *words, rows=len(named), labels=list(whole.values()))
    yield Chart("hops", says, spec, table)
