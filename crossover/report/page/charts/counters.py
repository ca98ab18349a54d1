"""Shared counters: updates per second, and the updates that were lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import altair as alt

from crossover.report.page.charts.drawing.axes import group_names, names, rates, rows_of, with_words
from crossover.report.page.charts.drawing.columns import KNOWN, interval
from crossover.report.page.charts.drawing.theme import BESIDE, BLUE, EXACT, INK, RED, data, finished
from crossover.report.page.parts import Chart
from crossover.report.topics.outline import Table
from crossover.report.wording.figures import figure
from crossover.results.share import ShareResult, ShareSummary

HEADINGS = ("state", "updates/s", "95% low", "95% high", "updates", "lost", "fairness", "p50 µs", "p99 µs",
            "made safe by", "verdict")  # fmt: skip
SAFE, UNSAFE = "made safe", "nothing makes it safe"


def counters(result: ShareResult) -> Iterator[Chart]:
    """Return a chart of speed and one of losses."""
    summary = result.summary
    if not summary:
        return
    groups: dict[str, list[str]] = {}
    for one in sorted(summary, key=lambda one: not one.safe):
        groups.setdefault(SAFE if one.safe else UNSAFE, []).append(one.state)
    lost = {one.state: f"{one.lost_updates:,} updates lost ({_part(one):.1%})" for one in summary if one.lost_updates}
    order, words = with_words(rows_of(groups), lost)
    ends = {one.state: interval(one.ci95_low, one.ci95_high, one.rounds) for one in summary}
    values = data(
        {"name": one.state, "updates/s": one.updates_per_second, "from": ends[one.state][0], "to": ends[one.state][1],
         "end": ends[one.state][1] or one.updates_per_second, "read": figure(one.updates_per_second),
         "lost": one.lost_updates, "safe by": one.made_safe_by}
        for one in summary
    )  # fmt: skip
    tips: list[Any] = ["name:N", alt.Tooltip("updates/s:Q", format=EXACT), "lost:Q", "safe by:N"]
    base: Any = alt.Chart(values).encode(y=names(order), tooltip=tips)
    x, apart = rates(
        "updates/s:Q",
        "updates/s",
        [end for one in summary for end in (one.updates_per_second, *ends[one.state]) if end is not None],
    )
    made = (
        base.mark_point(filled=True, size=80, color=BLUE, opacity=1) if apart else base.mark_bar(height=14, color=BLUE)
    )
    word = base.mark_text(**BESIDE).encode(x=alt.X("end:Q"), text="read:N")
    rule = base.transform_filter(KNOWN).mark_rule(color=INK, strokeWidth=2).encode(x=alt.X("from:Q"), x2="to:Q")
    table = Table("Shared counters", HEADINGS, [_row(one) for one in summary])
    told = {state: f" ({words})" for state, words in lost.items()}
    each = ", ".join(f"{one.state} {figure(one.updates_per_second)}{told.get(one.state, '')}" for one in summary)
    speed = finished(
        *((rule, made.encode(x=x)) if apart else (made.encode(x=x), rule)),
        word,
        *words,
        *group_names(order),
        rows=len(order),
        labels=[figure(one.updates_per_second) for one in summary],
    )
    yield Chart("updates", f"Updates per second: {each}.", speed, table)
    losers = [one for one in summary if one.lost_updates]
    if losers:
        order = [one.state for one in losers]
        base = alt.Chart(data({"name": one.state, "part": _part(one), "lost": one.lost_updates,
                               "read": f"{_part(one):.1%}"} for one in losers)).encode(
            y=names(order), tooltip=["name:N", "lost:Q", "read:N"]
        )  # fmt: skip
        x = alt.X("part:Q", title="lost updates, of all", scale=alt.Scale(domain=[0, 1]))
        bar = base.mark_bar(height=14, color=RED).encode(x=x.axis(format=".0%", tickCount=4))
        word = base.mark_text(**BESIDE).encode(x=alt.X("part:Q"), text="read:N")
        shares = ", ".join(f"{one.state} {_part(one):.1%}" for one in losers)
        spec = finished(bar, word, rows=len(order), labels=["100.0%"])
        rows = [[one.state, one.updates, one.lost_updates, f"{_part(one):.1%}"] for one in losers]
        small = Table("Lost updates", ("state", "updates", "lost", "share"), rows)
        yield Chart("lost-updates", f"The share of updates that were lost: {shares}.", spec, small)


def _part(one: ShareSummary) -> float:
    return one.lost_updates / one.updates if one.updates else 0.0


def _row(one: ShareSummary) -> list[Any]:
    ends = interval(one.ci95_low, one.ci95_high, one.rounds)
    figures = [one.updates_per_second, *ends, one.updates, one.lost_updates, one.fairness]
    return [one.state, *figures, one.p50_us, one.p99_us, one.made_safe_by, str(one.verdict)]
