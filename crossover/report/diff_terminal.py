"""What a person sees of two results beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from crossover.contract.difference import CaseChange, Change, Difference
from crossover.contract.records import ENOUGH_ROUNDS
from crossover.report.words import figure, percent, said, table, widths_of

COARSE = 0.1  # from here on a percentage needs no decimal
STYLES = {Change.SLOWER: "yellow", Change.FASTER: "green"}


def render(found: Difference, base: str, new: str) -> RenderableType:
    """Return a table of all cases, and under it what follows.

    Args:
        found: what is different.
        base: name of the result before.
        new: name of the result now.
    """
    heading = Text(headline(found, base, new), style="bold")
    return Group(heading, *_tables(found.changes), Text(), *verdict(found), *notes(found))


def headline(found: Difference, base: str, new: str) -> str:
    """Return what was asked."""
    return f"{base} → {new}: slower by more than {percent(found.threshold)}?"


def _tables(changes: Sequence[CaseChange]) -> Iterator[RenderableType]:
    for unit in dict.fromkeys(one.unit for one in changes if one.unit):
        headings = ("case", unit, "now", "")
        rows = [list(_row(one)) for one in changes if one.unit == unit]
        yield table(headings, rows, widths_of(headings, rows), bar=len(headings) - 1)


def _row(one: CaseChange) -> Iterator[Text]:
    yield Text(one.case)
    yield Text("-" if one.base is None else figure(one.base))
    yield Text("-" if one.new is None else figure(one.new))
    yield Text(_said(one), style="bold red" if one.breached else STYLES.get(one.change, ""))


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


def notes(found: Difference) -> Iterator[Text]:
    """Say what is beside the speed, and what is to be known about the figures."""
    for one in found.changes:
        if one.harm:
            yield said("bold red", f"{one.case}:", one.harm)
    for case in found.gone:
        yield said("bold red", f"{case}:", "was measured before, and could not be now")
    if any(one.rounds >= ENOUGH_ROUNDS for one in found.changes):
        yield Text(
            "In brackets: the 95 % interval; of what is not distinguishable, how much slower it is (below 0: faster)."
        )
    if any(one.unit and one.rounds < ENOUGH_ROUNDS for one in found.changes):
        yield Text(f"Fewer than {ENOUGH_ROUNDS} sound rounds cannot tell a difference from noise: give it more (-r 5).")
    for words in found.doubts:
        yield said("yellow", "warning:", words)
    for words in found.unlike:
        yield said("yellow", "not alike:", words)
    for name, cases in (("before", found.only_base), ("now", found.only_new)):
        if cases:
            yield Text(f"Measured only {name}: {'; '.join(cases)}.")


def verdict(found: Difference) -> Iterator[Text]:
    """Say first what the exit status says."""
    slower = [one for one in found.changes if one.breached and one.change is Change.SLOWER]
    beyond = [one for one in slower if (one.low or 0.0) > found.threshold]
    if beyond:
        yield said("bold red", f"Slower by more than {percent(found.threshold)}:", f"{_cases(beyond)}.")
    elif any(one.unit for one in found.changes):
        yield Text(f"Nothing is slower by more than {percent(found.threshold)}, as far as can be told.")
    for change in (Change.SLOWER, Change.FASTER, Change.CLOSE, Change.UNKNOWN):
        if members := [one for one in found.changes if one.unit and one.change is change and one not in beyond]:
            heading = "Slower, perhaps by no more than that" if change is Change.SLOWER else str(change).capitalize()
            yield Text(f"{heading}: {_cases(members)}.")
    if not found.breached and not any(one.unit for one in found.changes):
        yield Text("Nothing went wrong now that did not before.")


def _cases(changes: Sequence[CaseChange]) -> str:
    return "; ".join(one.case for one in changes)
