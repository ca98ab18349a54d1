"""What an experiment about a claim measured, as a picture: bars, or a curve for each label."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any, NamedTuple

import altair as alt
from rich.cells import cell_len

from crossover.report.page.charts.drawing.axes import WIDE, logarithmic, rates
from crossover.report.page.charts.drawing.theme import BESIDE, BLUE, EXACT, colours, data, finished, legend, shapes
from crossover.report.page.parts import Chart
from crossover.report.topics.outline import Table
from crossover.report.wording.claims.interpreters import by_interpreter
from crossover.report.wording.claims.messages import Messages, seconds
from crossover.report.wording.figures import figure
from crossover.results.claims import ClaimRun, ClaimsResult

BARS, CURVES, UNIT = "bars", "curves", "unit"
"""Facts: label → figure; label → {x → figure}; what the figures are, s or tasks/s."""
LETTERS = 28  # of a label in one line, in cells of the terminal
NAMES = 190  # pixels that labels may take
Figures = Mapping[str, float]


class _Sheet(NamedTuple):
    """What is drawn on.

    Attributes:
        file: name of its file.
        title: of the picture.
        in_seconds: whether the figures are times.
        across: what x is.
        messages: of the language.
    """

    file: str
    title: str
    in_seconds: bool
    across: str
    messages: Messages

    @property
    def unit(self) -> str:
        """What the figures are, in words."""
        return self.messages.word("seconds" if self.in_seconds else "rate")

    def axis(self, channel: Any, *, logarithmic: bool) -> Any:
        """Return an axis of the figures with its title; times have their units."""
        unit = self.messages.word("logarithmic", unit=self.unit) if logarithmic else self.unit
        if self.in_seconds:
            channel["axis"]["labelExpr"] = "format(datum.value, '~s') + 's'"
        return channel.title(unit)

    def read(self, value: float) -> str:
        """Return a figure with its unit."""
        return seconds(value) if self.in_seconds else figure(value)

    def chart(self, says: Sequence[str], spec: dict[str, Any], headings: Sequence[str], rows: list[list[Any]]) -> Chart:
        """Return the picture with its words and its table."""
        caption = f"{self.title}: {self.unit}"
        return Chart(self.file, f"{caption}. {'; '.join(says)}.", spec, Table(caption, headings, rows))


def pictures(result: ClaimsResult, claim: str) -> Iterator[Chart]:
    """Yield the pictures of a claim: for each interpreter one, where its facts have figures to draw.

    Args:
        result: with the runs.
        claim: its name.
    """
    messages = Messages(result.plan.language)
    found = by_interpreter([run for run in result.runs if run.claim == claim])
    for number, (name, (run, *_)) in enumerate(found.items(), start=1):
        title = claim if len(found) == 1 else f"{claim}, {name}"
        file = claim if number == 1 else f"{claim}-{number}"
        unit, across = run.facts.get(UNIT) == "s", messages.across(claim)
        if bars := {messages.fact(label): one for label, one in _figures(run.facts.get(BARS)).items()}:
            yield _bars(bars, _Sheet(file, title, unit, "", messages))
        if curves := {messages.fact(label): one for label, one in _curves_of(run).items()}:
            yield _curves(curves, _Sheet(f"{file}-curves" if bars else file, title, unit, across, messages))


def _figures(fact: Any) -> dict[str, float]:
    """Return label → figure, of what can be drawn: another program may have written the result."""
    given = fact.items() if isinstance(fact, Mapping) else ()
    numbers = {str(label): one for label, one in given if isinstance(one, int | float) and not isinstance(one, bool)}
    return {label: float(one) for label, one in numbers.items() if math.isfinite(one)}


def _curves_of(run: ClaimRun) -> dict[str, dict[str, float]]:
    fact = run.facts.get(CURVES)
    given = fact.items() if isinstance(fact, Mapping) else ()
    return {str(label): figures for label, one in given if (figures := _figures(one))}


def _bars(bars: Figures, sheet: _Sheet) -> Chart:
    order = {label: _in_lines(label) for label in bars}
    values = [{"name": order[label], "value": value, "read": sheet.read(value)} for label, value in bars.items()]
    x, apart = rates("value:Q", sheet.unit, list(bars.values()))
    axis = alt.Axis(
        labelExpr="split(datum.label, '\\n')", labelLimit=NAMES, ticks=False, domain=False, title=None, grid=False
    )
    y = alt.Y("name:N", sort=list(order.values()), axis=axis)
    tips: list[Any] = ["name:N", alt.Tooltip("value:Q", format=EXACT, title=sheet.unit)]
    base = alt.Chart(data(values)).encode(y=y, tooltip=tips)
    made = (
        base.mark_point(filled=True, size=80, color=BLUE, opacity=1) if apart else base.mark_bar(height=14, color=BLUE)
    )
    word = base.mark_text(**BESIDE).encode(x=alt.X("value:Q"), text="read:N")
    lines = max(name.count("\n") + 1 for name in order.values())
    read = [one["read"] for one in values]
    spec = finished(
        made.encode(x=sheet.axis(x, logarithmic=apart)),
        word,
        rows=math.ceil(len(order) * (lines + 1) / 2),
        labels=[str(one) for one in read],
    )
    says = [f"{label} {sheet.read(value)}" for label, value in bars.items()]
    return sheet.chart(says, spec, ("", sheet.unit), [[label, value] for label, value in bars.items()])


def _curves(curves: Mapping[str, Figures], sheet: _Sheet) -> Chart:
    steps = list(dict.fromkeys(step for line in curves.values() for step in line))
    numeric = all(step.replace(".", "", 1).isdigit() for step in steps)
    values = [
        {"name": label, "x": float(step) if numeric else step, "value": value, "read": sheet.read(value)}
        for label, line in curves.items()
        for step, value in line.items()
    ]
    x: Any = alt.X("x:O", sort=steps, title=sheet.across or None)
    if numeric:
        at = sorted(map(float, steps))
        scale = alt.Scale(domain=[at[0], at[-1]], nice=False, zero=False)
        x = alt.X("x:Q", title=sheet.across or None, axis=alt.Axis(values=at, format="~g"), scale=scale)
    heights = [value for line in curves.values() for value in line.values()]
    apart = 0 < min(heights) * WIDE < max(heights)
    plain = alt.Y("value:Q", axis=alt.Axis(format=",~r", tickCount=5))
    y = sheet.axis(logarithmic(alt.Y("value:Q"), "", heights) if apart else plain, logarithmic=apart)
    base = alt.Chart(data(values)).encode(
        x=x, y=y, color=alt.Color("name:N", scale=colours(list(curves)), legend=legend())
    )
    tips: list[Any] = ["name:N", "x:Q" if numeric else "x:O", alt.Tooltip("value:Q", format=EXACT, title=sheet.unit)]
    shape = alt.Shape("name:N", scale=shapes(list(curves)), legend=legend())
    points = base.mark_point(filled=True, size=70, opacity=1).encode(shape=shape, tooltip=tips)
    says = [
        f"{label}: {', '.join(f'{step} {sheet.read(value)}' for step, value in line.items())}"
        for label, line in curves.items()
    ]
    rows: list[list[Any]] = [[step, *(line.get(step) for line in curves.values())] for step in steps]
    return sheet.chart(says, finished(base.mark_line(strokeWidth=2), points, height=260), (sheet.across, *curves), rows)


def _in_lines(label: str) -> str:
    """Return a label in lines that are short enough to stand before its bar."""
    wide = cell_len(label) > len(label)
    return "\n".join(wrap(label, LETTERS // 2 if wide else LETTERS)) or label
