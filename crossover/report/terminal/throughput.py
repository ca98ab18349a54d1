"""Throughput: a row for each transport, and who is the fastest of those that promise the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from rich.text import Text

from crossover.report.terminal.layout.columns import AnyColumn, Column, Drawn
from crossover.report.terminal.layout.drawing import BAR, bar, line_of
from crossover.report.terminal.layout.tables import Grid
from crossover.report.wording.figures import bad, figure, group_label, interval, known, plural, spread
from crossover.results.comparison import Result
from crossover.results.findings import Standing, Summary
from crossover.results.records import ENOUGH_ROUNDS, Run

NARROWEST_BAR, WIDEST_BAR = 4, 40  # columns
UNDONE = {"lost": "lost", "dup.": "duplicated", "failed": "failed", "corr.": "corrupted"}


def throughput(result: Result) -> list[Grid]:
    """Return the table, those that promise the same beside each other; none where nothing was measured so."""
    summary = result.summary
    if not summary:
        return []
    rounds = [result.rounds_of(one.transport) for one in summary]
    top = max(one.throughput for one in summary)
    best: dict[str, float] = {}
    for one in summary:
        best[one.group] = max(best.get(one.group, 0.0), one.throughput)
    parts = [f"{one.throughput / best[one.group]:.2f} ×" if best[one.group] else "-" for one in summary]
    columns: list[AnyColumn] = [
        Column("transport", [one.transport for one in summary]),
        Column("tasks/s", [figure(one.throughput) for one in summary]),
        bars([one.throughput / top if top else 0.0 for one in summary]),
        Column("± 95 %", [_spread(one, len(runs)) for one, runs in zip(summary, rounds, strict=True)]),
        Column("95 % interval", [interval(one.ci95_low, one.ci95_high) for one in summary], rank=2),
        Column("of best", parts, rank=3),
        *(Column(heading, [_sum(runs, name) for runs in rounds]) for heading, name in UNDONE.items()),
        Column("CPU µs", [known(one.cpu_us) for one in summary]),
        marks([[run.throughput for run in runs] for runs in rounds]),
    ]
    return [Grid(columns, [group_label(one.group) for one in summary])]


def bars(parts: Sequence[float], rank: int = 0) -> Drawn:
    """Return a column of bars, each for a part of the longest."""
    return Drawn(lambda number, width: bar(parts[number], width), NARROWEST_BAR, BAR, WIDEST_BAR, rank=rank)


def marks(rounds: Sequence[Sequence[float]]) -> Drawn:
    """Return a column with a mark for each round; where there are more of them than room, for the last ones."""
    usual, most = len("rounds"), max(map(len, rounds))

    def draw(number: int, width: int) -> str:
        return line_of(rounds[number][-width:])

    return Drawn(draw, usual, usual, max(usual, most), "rounds", rank=1, empty=most < 2)  # noqa: PLR2004


def ranked(result: Result) -> bool:
    """Return whether there are enough transports and rounds to say which one is the fastest."""
    several = len(result.summary) > 1 and any(one.standing is Standing.FASTEST for one in result.summary)
    return several and _rounds(result) >= ENOUGH_ROUNDS


def ranking(result: Result) -> Iterator[tuple[str, str]]:
    """Say for each group who is the fastest, and who is slower."""
    if len(result.summary) < 2 or not any(one.standing is Standing.FASTEST for one in result.summary):  # noqa: PLR2004
        return
    if not ranked(result):
        yield f"{plural(_rounds(result), 'round')} cannot tell a difference from noise: give it more (-r 5).", ""
        return
    groups: dict[str, list[Summary]] = {}
    for summary in result.summary:
        groups.setdefault(summary.group, []).append(summary)
    for group, members in groups.items():
        yield from _ranking(f"Fastest {group_label(group)}" if len(groups) > 1 else "Fastest", members)


def noise(result: Result) -> Iterator[str]:
    """Say how far those are apart that are the same: the noise floor."""
    if not ranked(result):
        return
    urls = {run.transport: run.url for run in result.runs}
    for one, other in combinations(result.summary, 2):
        if urls[one.transport] == urls[other.transport] and one.throughput:
            apart = abs(other.throughput / one.throughput - 1)
            same = f"{one.transport} and {other.transport} are the same, and {apart:.1%} apart"
            found = "only noise" if Standing.SLOWER not in {one.standing, other.standing} else "noise; -r 9 tells more"
            yield f"{same}: {found}. Less than that is no difference between others, either."


def _ranking(heading: str, members: Sequence[Summary]) -> Iterator[tuple[str, str]]:
    standing = {kind: [s for s in members if s.standing is kind] for kind in Standing}
    for fastest in standing[Standing.FASTEST]:
        close = ", ".join(summary.transport for summary in standing[Standing.CLOSE])
        first = f"{heading}: {fastest.transport}, {figure(fastest.throughput)} tasks/s."
        slower = [f"{s.transport} {s.throughput / fastest.throughput:.2f} ×" for s in standing[Standing.SLOWER]]
        yield (
            first + (f" Not distinguishable from it: {close}." if close else ""),
            f"Slower than {fastest.transport}: {', '.join(slower)}." if slower else "",
        )


def _rounds(result: Result) -> int:
    return min((len(result.rounds_of(one.transport)) for one in result.summary), default=0)


def _spread(one: Summary, rounds: int) -> str:
    return spread(one.throughput, one.ci95_low, one.ci95_high) if rounds > 1 else "-"


def _sum(runs: Sequence[Run], name: str) -> Text:
    return bad(sum(getattr(run.delivery, name) for run in runs))
