"""The one table of a comparison: a row for each transport and number of workers, with what it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from crossover.derived.labels import without_workers
from crossover.derived.losses import totals
from crossover.derived.ratios import SEVERAL, against
from crossover.derived.rounds import rounds_of
from crossover.report.wording.comparison.ranking import has_enough, ranked, versus_fastest
from crossover.report.wording.figures import DELIVERIES, NO_DIFFERENCE, group_label
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import Ratio, Standing, Summary

LOCAL, BROKER = "local", "broker"
LIMITED = "limited by workers"
NOT_PROVEN = "not proven"
ALSO_WRONG = ("duplicated", "corrupted", "unexpected")
"""What is rare: it has a column only where it happened."""


class Row(NamedTuple):
    """What is shown of one transport with one number of workers.

    Attributes:
        group: local or broker; with what it promises where brokers differ in that.
        one: its figures.
        label: without its number of workers.
        rounds: how many it has.
        versus: how it compares with the fastest, in words.
        wrong: what went wrong → number of tasks.
    """

    group: str
    one: Summary
    label: str
    rounds: int
    versus: str
    wrong: dict[str, int]


def overview_rows(result: Result) -> list[Row]:
    """Return the rows, local ones first, those that were free to win before those that were not."""
    several = len({one.group for one in result.summary if _is_broker(one)}) > 1
    rows = []
    for one, versus in zip(result.summary, versus_fastest(result), strict=True):
        runs = rounds_of(result, one.transport)
        wrong = totals(runs, ("lost", "failed", *ALSO_WRONG))
        group = BROKER if _is_broker(one) else LOCAL
        if several and group == BROKER:
            group = f"{BROKER}, {group_label(one.group).partition(',')[0]}"
        rows.append(Row(group, one, without_workers(one.transport), len(runs), _versus(result, one, versus), wrong))
    return sorted(rows, key=lambda row: (row.group != LOCAL, row.group, -row.one.throughput))


def _is_broker(one: Summary) -> bool:
    return any(one.group == f"{delivery}, across machines" for delivery in DELIVERIES)


def _versus(result: Result, one: Summary, versus: str) -> str:
    """Return how a row compares with the fastest local transport, or where there is none, with that of its group."""
    answer = result.answer
    if one.standing is Standing.DAMAGED:
        return "-"
    if one.standing is Standing.LIMITED:
        return LIMITED
    if one.standing is Standing.UNPROVEN:
        return NOT_PROVEN
    ratio = answer.to_local.get(one.transport) if answer is not None else None
    if ratio is None and one.standing is Standing.SLOWER and versus != "-":
        ratio = one.to_fastest
    if ratio is None or not ranked(result) or not has_enough(result, one):
        return versus.partition(" (")[0] if versus.startswith(NO_DIFFERENCE) else versus
    return short_change(ratio) if ratio.differs else NO_DIFFERENCE


def short_change(ratio: Ratio) -> str:
    """Return by how many percent a figure is above or below another, with the interval where it has any width."""
    if ratio.ratio >= SEVERAL:
        return against(ratio)
    low, middle, high = (round(100 * (one - 1)) for one in (ratio.low, ratio.ratio, ratio.high))
    if not middle:
        return against(ratio)
    return f"{middle:+d}%" if low == high else f"{middle:+d}% ({low:+d} to {high:+d}%)"


def columns_of_wrong(rows: Sequence[Row]) -> list[str]:
    """Return what has a column: lost and failed always, the rest where it happened."""
    return ["lost", "failed", *(what for what in ALSO_WRONG if any(row.wrong[what] for row in rows))]
