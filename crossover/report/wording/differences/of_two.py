"""The difference between two results in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from crossover.derived.ratios import against, between, of_throughput
from crossover.report.wording.figures import coloured, percent
from crossover.results.conclusions.difference import P99, CaseChange, CaseSeries, Change, Difference
from crossover.results.conclusions.findings import Ratio
from crossover.results.records import ENOUGH_ROUNDS

TITLE = "Each case"
CHANGES = {change: str(change) for change in Change} | {Change.CLOSE: "no significant difference"}
FEW = f"Fewer than {ENOUGH_ROUNDS} valid rounds cannot tell a difference from noise: use more (-r 5)."
ONCE = (
    "A job is done once, and one time cannot tell a difference from noise: "
    "crossover compare runs a function several times over each transport."
)
EXPLAINED = "In brackets: the 95% interval. Less throughput (-) is slower; more latency (+) is slower, too."


def headline(found: Difference) -> str:
    """Return the names of both results and the threshold."""
    return f"{found.base} → {found.new}: slower by more than {percent(found.threshold)}?"


def speed(one: CaseChange, slower: float | None) -> float | None:
    """Return how fast a case is as a multiple of before.

    Args:
        one: the case.
        slower: by which part it is slower: its median, or an end of its interval.
    """
    if slower is None:
        return None
    if one.unit == P99:
        return 1 / (1 + slower) if slower > -1 else None
    return 1 - slower


def change(one: CaseChange) -> str:
    """Return how a case changed, with the 95% interval of the change."""
    if one.slower is None or one.low is None or one.high is None or one.rounds < ENOUGH_ROUNDS:
        return CHANGES[one.change]
    if one.change is Change.UNPROVEN:
        return f"{CHANGES[one.change]}: {one.doubt}"
    found = _to_before(one, one.slower, one.low, one.high)
    return against(found) if one.change is not Change.CLOSE else f"{CHANGES[one.change]} ({between(found)})"


def _to_before(one: CaseChange, slower: float, low: float, high: float) -> Ratio:
    """Return the figure of now as a multiple of that before: less throughput is below 1, more latency is above 1."""
    if one.unit == P99:
        return Ratio(1 + slower, 1 + low, 1 + high, 1.0, one.rounds)
    return of_throughput(slower, low, high, one.rounds)


def explained(found: Difference) -> Iterator[Text]:
    """Yield the sentences that explain the figures."""
    if any(one.rounds >= ENOUGH_ROUNDS for one in found.changes):
        yield Text(EXPLAINED)
    if any(one.unit and one.rounds < ENOUGH_ROUNDS for one in found.changes):
        yield Text(ONCE if found.done_once else FEW)


def doubts(found: Difference) -> Iterator[Text]:
    """Yield warnings, differences of the setups, and the cases that only one result has."""
    for words in found.doubts:
        yield coloured("yellow", "warning:", words)
    for words in found.unlike:
        yield coloured("yellow", "different:", words)
    if found.slight:
        yield Text(f"Slightly different: {'; '.join(found.slight)}.")
    for name, cases in (("before", found.only_base), ("now", found.only_new)):
        if cases:
            yield Text(f"Only {name}: {'; '.join(cases)}.")


def verdict(found: Difference) -> Iterator[Text]:
    """Yield the verdict: first what sets the exit status, then the other cases."""
    yield from failures(found, found.changes)
    slower = [one for one in found.changes if one.breached and one.change is Change.SLOWER]
    beyond = [one for one in slower if (one.low or 0.0) > found.threshold]
    if beyond:
        yield coloured("bold red", f"Slower by more than {percent(found.threshold)}:", f"{listed(beyond)}.")
    elif any(one.unit for one in found.changes):
        yield Text(f"No case is proven to be slower by more than {percent(found.threshold)}.")
    if open_ := [one for one in found.changes if one not in beyond and _may_be(one, found.threshold)]:
        why = "Done once, which does not tell:" if found.done_once else "Too few or too noisy rounds to tell:"
        yield coloured("yellow", why, f"{listed(open_)}.")
    if found.not_proven is not None:
        tasks = f"-n {found.not_proven.tasks} " if found.not_proven.tasks else ""
        names = f"{'; '.join(found.not_proven.transports)} ({found.not_proven.reason})"
        yield coloured("yellow", "Not proven:", f"{names}: measure both with {tasks}-r {found.not_proven.rounds}.")
    for kind in (Change.SLOWER, Change.FASTER, Change.CLOSE, Change.UNKNOWN):
        if members := [one for one in found.changes if one.unit and one.change is kind and one not in beyond]:
            heading = "Slower, but perhaps by less" if kind is Change.SLOWER else CHANGES[kind].capitalize()
            yield Text(f"{heading}: {listed(members)}.")
    yield from no_failure(found, found.changes)


def failures(found: Difference, judged: Sequence[CaseChange | CaseSeries]) -> Iterator[Text]:
    """Yield what failed now and did not before; that comes first.

    Args:
        found: the difference.
        judged: its cases.
    """
    for one in judged:
        if one.harm:
            yield coloured("bold red", f"{one.case}:", f"{one.harm}.")
    for case in found.gone:
        yield coloured("bold red", f"{case}:", "was measured before, but could not be measured now.")


def no_failure(found: Difference, judged: Sequence[CaseChange | CaseSeries]) -> Iterator[Text]:
    """Yield that nothing failed, where there is no speed to speak of."""
    if not found.breached and not any(one.unit for one in judged):
        yield Text("Nothing failed that did not fail before.")


def listed(cases: Sequence[CaseChange | CaseSeries]) -> str:
    """Return the names of cases."""
    return "; ".join(one.case for one in cases)


def _may_be(one: CaseChange, threshold: float) -> bool:
    """Return whether a case may still be slower by more than the threshold."""
    return (
        bool(one.unit)
        and one.change is not Change.UNPROVEN
        and (one.rounds < ENOUGH_ROUNDS or one.high is None or one.high > threshold)
    )
