"""What a person sees of two results beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from crossover.report.terminal.layout.columns import AnyColumn, Column, Drawn
from crossover.report.terminal.layout.drawing import on_axis
from crossover.report.terminal.layout.tables import Grid
from crossover.report.terminal.render import section
from crossover.report.wording import warnings
from crossover.report.wording.figures import known, percent, said
from crossover.results.difference import CaseChange, Change, Difference
from crossover.results.records import ENOUGH_ROUNDS

TITLE = "Each case"
LEGEND = "│ as before, < and > the 95 % interval, o the median; to the right: slower, at the end by {}."
LEAST, WIDEST = 21, 61  # columns of what is drawn; odd, so that there is one in the middle
MOST = 1.0  # of what is drawn: slower by as much again
COARSE = 0.1  # from here on a percentage needs no decimal
STYLES = {Change.SLOWER: "yellow", Change.FASTER: "green"}


def render(found: Difference) -> RenderableType:
    """Return what follows, and a table of all cases."""
    cases = section(TITLE, (), _tables(found.changes), list(explained(found)))
    warned = section(warnings.TITLE, list(doubts(found)))
    return Group(Text(headline(found), style="bold"), *verdict(found), *cases, *warned)


def headline(found: Difference) -> str:
    """Return what was asked."""
    return f"{found.base} → {found.new}: slower by more than {percent(found.threshold)}?"


def _tables(changes: Sequence[CaseChange]) -> list[Grid]:
    return [_table([one for one in changes if one.unit == unit])
            for unit in dict.fromkeys(one.unit for one in changes if one.unit)]  # fmt: skip


def _table(changes: Sequence[CaseChange]) -> Grid:
    ends = [abs(value) for one in changes for value in (one.low, one.high) if value is not None]
    end = min(MOST, max(ends, default=0.0))
    words = [Text(_said(one), style="bold red" if one.breached else STYLES.get(one.change, "")) for one in changes]
    columns: list[AnyColumn] = [
        Column("case", [one.case for one in changes]),
        Column(changes[0].unit, [known(one.base) for one in changes]),
        Column("now", [known(one.new) for one in changes]),
        Column("", words, left=True),
        Column("rounds", [f"{one.rounds:,}" for one in changes], rank=2),
        _intervals(changes, end),
    ]
    return Grid(columns, legend=LEGEND.format(percent(end) if end < MOST else f"{percent(MOST)} or more"))


def _intervals(changes: Sequence[CaseChange], end: float) -> Drawn:
    """Return a column that shows how much slower each is, and the interval of that; its end is slower by this part."""

    def draw(number: int, width: int) -> str:
        one = changes[number]
        marks = {"<": one.low, ">": one.high, "o": one.slower} if one.rounds >= ENOUGH_ROUNDS else {}
        places = {mark: 0.5 + value / end / 2 for mark, value in marks.items() if value is not None and end}
        return on_axis(places, width, zero=0.5)

    return Drawn(draw, LEAST, LEAST, WIDEST, rank=1)


def _said(one: CaseChange) -> str:
    if one.slower is None or one.low is None or one.high is None or one.rounds < ENOUGH_ROUNDS:
        return str(one.change)
    if one.change is Change.CLOSE:
        return f"{one.change} ({_within(one.low, one.high)})"
    low, high = sorted((abs(one.low), abs(one.high)))
    return f"{one.change} by {_percent(abs(one.slower))} ({_within(low, high)})"


def _within(low: float, high: float) -> str:
    digits = 0 if max(abs(low), abs(high)) >= COARSE else 1
    return f"{100 * low:.{digits}f} to {100 * high:.{digits}f} %"


def _percent(part: float) -> str:
    return f"{100 * part:.0f} %" if part >= COARSE else f"{100 * part:.2g} %"


def explained(found: Difference) -> Iterator[Text]:
    """Say how the figures are to be read."""
    if any(one.rounds >= ENOUGH_ROUNDS for one in found.changes):
        yield Text(
            "In brackets: the 95 % interval; of what is not distinguishable, how much slower it is (below 0: faster)."
        )
    if any(one.unit and one.rounds < ENOUGH_ROUNDS for one in found.changes):
        yield Text(f"Fewer than {ENOUGH_ROUNDS} sound rounds cannot tell a difference from noise: give it more (-r 5).")


def doubts(found: Difference) -> Iterator[Text]:
    """Say what is doubtful, and what stands beside nothing."""
    for words in found.doubts:
        yield said("yellow", "warning:", words)
    for words in found.unlike:
        yield said("yellow", "not alike:", words)
    for name, cases in (("before", found.only_base), ("now", found.only_new)):
        if cases:
            yield Text(f"Measured only {name}: {'; '.join(cases)}.")


def verdict(found: Difference) -> Iterator[Text]:
    """Say first what the exit status says."""
    for one in found.changes:
        if one.harm:
            yield said("bold red", f"{one.case}:", f"{one.harm}.")
    for case in found.gone:
        yield said("bold red", f"{case}:", "was measured before, and could not be now.")
    slower = [one for one in found.changes if one.breached and one.change is Change.SLOWER]
    beyond = [one for one in slower if (one.low or 0.0) > found.threshold]
    if beyond:
        yield said("bold red", f"Slower by more than {percent(found.threshold)}:", f"{_cases(beyond)}.")
    elif any(one.unit for one in found.changes):
        yield Text(f"Nothing is slower by more than {percent(found.threshold)}, as far as can be told.")
    if open_ := [one for one in found.changes if one not in beyond and _may_be(one, found.threshold)]:
        yield said("yellow", "Not proven, since rounds are too few or too noisy:", f"{_cases(open_)}.")
    for change in (Change.SLOWER, Change.FASTER, Change.CLOSE, Change.UNKNOWN):
        if members := [one for one in found.changes if one.unit and one.change is change and one not in beyond]:
            heading = "Slower, perhaps by no more than that" if change is Change.SLOWER else str(change).capitalize()
            yield Text(f"{heading}: {_cases(members)}.")
    if not found.breached and not any(one.unit for one in found.changes):
        yield Text("Nothing went wrong now that did not before.")


def _may_be(one: CaseChange, threshold: float) -> bool:
    """Say whether a case may be slower by more than the threshold, for all that is known."""
    return bool(one.unit) and (one.rounds < ENOUGH_ROUNDS or one.high is None or one.high > threshold)


def _cases(changes: Sequence[CaseChange]) -> str:
    return "; ".join(one.case for one in changes)
