"""CPU time and memory, by role."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import altair as alt

from crossover.report.page.charts.drawing.axes import names, with_words
from crossover.report.page.charts.drawing.columns import said_of
from crossover.report.page.charts.drawing.theme import (
    BESIDE,
    BLUE,
    EXACT,
    GREEN,
    RED,
    colours,
    data,
    finished,
    legend,
)
from crossover.report.page.parts import Chart
from crossover.report.topics.outline import Table
from crossover.report.wording.figures import figure
from crossover.report.wording.resources import ROLES, ByRole, cpu_by_role, memory_by_role
from crossover.results.comparison import Result

COLOUR_OF = dict(zip(ROLES, (BLUE, GREEN, RED), strict=True))


def costs(result: Result) -> Iterator[Chart]:
    """Return the CPU time of a task and the peak of memory; nothing where nothing of it is known."""
    elsewhere = {one.transport for one in result.summary if one.cpu_us is None}
    yield from _chart("cpu", "CPU time per task", "µs", cpu_by_role(result), elsewhere, said_of(result))
    yield from _chart("memory", "Peak memory", "MiB", memory_by_role(result), elsewhere, said_of(result))


def _chart(
    name: str, title: str, unit: str, found: ByRole, elsewhere: Collection[str], said: Mapping[str, str]
) -> Iterator[Chart]:
    """Return bars; where not all was ours, they say whose part is missing.

    Args:
        name: of the file.
        title: what is shown.
        unit: of the figures.
        found: transport → role → figure.
        elsewhere: transports not all of whose processes were ours.
        said: transport → what went wrong with it or limited it.
    """
    order = [label for label, row in found.items() if any(row.values())]
    if not order:
        return
    missing = {label: words for label in order if label in elsewhere and (words := _missing(found[label]))}
    below = {label: "; ".join(filter(None, (missing.get(label), said.get(label)))) for label in order}
    shown, beneath = with_words(order, below)
    roles = [role for role in ROLES if any(found[label][role] is not None for label in order)]
    values = data(
        {"name": label, "role": role, unit: value, "order": roles.index(role)}
        for label in order
        for role, value in found[label].items()
        if value is not None
    )
    bar = alt.Chart(values).mark_bar(height=16).encode(
        y=names(shown),
        x=alt.X(f"{unit}:Q", title=f"{title}, {unit}", axis=alt.Axis(format=",~r", tickCount=4)),
        color=alt.Color("role:N", scale=colours(roles, [COLOUR_OF[role] for role in roles]), legend=legend()),
        order="order:Q",
        tooltip=["name:N", "role:N", alt.Tooltip(f"{unit}:Q", format=EXACT)],
    )  # fmt: skip
    ends = {label: sum(value for value in found[label].values() if value is not None) for label in order}
    whole = alt.Chart(data({"name": label, "end": end, "read": figure(end)} for label, end in ends.items()))
    total = whole.mark_text(**BESIDE)
    total = total.encode(y=names(shown), x="end:Q", text="read:N")
    rows = [[label, *(found[label][role] for role in roles)] for label in order]
    each = {label: _in_words(roles, found[label]) for label in order}
    says = "; ".join(f"{label} {words}" + (f", {missing[label]}" if label in missing else "")
                     for label, words in each.items())  # fmt: skip
    without = "".join(f"; {label}: {words}" for label, words in missing.items())
    table = Table(f"{title} in {unit}, by role, medians over the rounds{without}", ("transport", *roles), rows)
    spec = finished(bar, total, *beneath, rows=len(shown), labels=[figure(end) for end in ends.values()])
    yield Chart(name, f"{title} by role, stacked, in {unit}: {says}.", spec, table)


def _missing(row: Mapping[str, float | None]) -> str:
    """Return whose part is not known: without it a bar looks cheap."""
    roles = " and ".join(role for role, value in row.items() if value is None)
    return f"{roles} not measured" if roles else ""


def _in_words(roles: Sequence[str], row: Mapping[str, float | None]) -> str:
    return ", ".join(f"{role} {figure(value)}" for role in roles if (value := row[role]) is not None)
