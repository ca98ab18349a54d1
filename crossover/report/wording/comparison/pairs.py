"""What a gate saw, and how two versions of a function compare, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from crossover.derived.ratios import against, between, of_throughput
from crossover.report.wording.figures import coloured, percent, plural
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import Pair
from crossover.results.records import ENOUGH_ROUNDS


def pair_sentences(result: Result) -> Iterator[str | Text]:
    """Yield what the gate saw, if there is one, and then how each pair compares, round by round."""
    if result.plan.gate is not None and result.pairs:
        yield _gate(result.pairs, result.plan.gate)
    told = result.summary and result.plan.rounds >= ENOUGH_ROUNDS  # else no difference is told from noise
    for one in result.pairs if told else ():
        yield f"{one.transport}: {_comparison(one)}."


def gate_message(result: Result) -> str:
    """Return what the gate saw, as a message without colours; "" where nothing is to be said."""
    gate = result.plan.gate
    return "" if gate is None or not result.pairs else _gate(result.pairs, gate).plain


def unproven(result: Result) -> list[Pair]:
    """Return the pairs that were measured in too few rounds to prove anything."""
    return [one for one in result.pairs if one.rounds < ENOUGH_ROUNDS]


def _gate(pairs: Sequence[Pair], gate: float) -> Text:
    heading = f"Slower by more than {percent(gate)}, with all of the interval:"
    if breached := [one for one in pairs if one.breached]:
        return coloured("bold red", heading, f"{_names(breached)}.")
    if open_ := [one for one in pairs if one.rounds < ENOUGH_ROUNDS]:
        each = "; ".join(f"{one.transport} in {plural(one.rounds, 'round')}" for one in open_)
        return coloured("yellow", "Too few sound rounds to tell:", f"{each}.")
    passed = f"Nothing is proven to be slower by more than {percent(gate)}."
    perhaps = [one for one in pairs if (one.high or 0.0) > gate]
    return Text(f"{passed} Too noisy rounds to rule it out: {_names(perhaps)}." if perhaps else passed)


def _names(pairs: Sequence[Pair]) -> str:
    return "; ".join(one.transport for one in pairs)


def _comparison(one: Pair) -> str:
    """Return how one compares with the other, with the 95% interval."""
    if one.slower is None or one.low is None or one.high is None or one.rounds < ENOUGH_ROUNDS:
        return f"{plural(one.rounds, 'sound round')} cannot tell a difference from {one.base}"
    ratio = of_throughput(one.slower, one.low, one.high, one.rounds)
    if ratio.differs:
        return f"{against(ratio)} against {one.base}"
    return f"no significant difference from {one.base} ({between(ratio)})"
