"""What one transport's numbers of workers come to, in words: the limits, the law, the number to take, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from crossover.report.wording.figures import figure, plural, said
from crossover.results.comparison import Result
from crossover.results.findings import GIL, MACHINE, PRODUCER, Coefficient, Law, ScalePoint
from crossover.results.records import ENOUGH_ROUNDS

WHO = {
    MACHINE: "the machine's {cores} were full, of tasks and transport: more workers cannot show more here",
    PRODUCER: "the producer, which used a whole core, was the limit, not the workers: larger batches (-b) take from it",
    GIL: "the GIL was the limit: the threads take turns on one core",
}
OTHER_WORK = (
    "For other work the advice differs. CPU-bound: as many workers as cores. I/O-bound: many more, since one that "
    "waits leaves its core to others. Mixed: cores / (CPU share of a task)."
)


def headline(result: Result) -> str:
    """Return what was asked for."""
    plan = result.plan
    each = f"{plan.tasks:,} tasks" if plan.seconds is None else f"{plan.seconds:g} s"
    payload = "" if plan.payload_bytes is None else f" of {plan.payload_bytes:,} bytes"
    return (
        f"{plan.workload}{payload}: {each} a run, {plural(plan.rounds, 'round')}, "
        f"{plural(result.host.cores, 'core')}, batch {plan.batch:,}, {plan.safety} safety"
    )


def law_notes(result: Result, law: Law) -> Iterator[Text]:
    """Say what one transport's figures come to: what was the limit, the law, why so many workers."""
    points = [point for point in result.points if point.transport == law.transport]
    yield from map(Text, _limits(points, result.host.cores))
    yield from _law(law, points)
    yield from map(Text, advice([law]))


def recommended(laws: Sequence[Law]) -> Iterator[str]:
    """Say how many workers to take."""
    each = ", ".join(f"{law.transport} {plural(law.recommended_workers, 'worker')}" for law in laws)
    if each:
        yield f"Recommended: {each}; the fewest within 5 % of the best."


def advice(laws: Sequence[Law]) -> Iterator[str]:
    """Say why."""
    yield from (f"{law.transport}: {law.advice}" for law in laws if law.advice)


def other_work(result: Result) -> list[str]:
    """Say what the advice is for other work."""
    return [OTHER_WORK] if any(law.advice for law in result.laws) else []


def differences(first: ScalePoint, others: Sequence[ScalePoint], name: int) -> str:
    """Say which settings can be told from the first, and by how much."""
    usual = first.transport[name:]
    if min(point.rounds for point in (first, *others)) < ENOUGH_ROUNDS:
        return f"{plural(first.rounds, 'round')} of each cannot tell a difference from noise: give it more (-r 3)."
    apart = [one for one in others if one.ci95_low > first.ci95_high or one.ci95_high < first.ci95_low]
    if not apart:
        return f"None can be told from {usual}: their intervals overlap."
    found = ", ".join(f"{one.transport[name:]} {times(one.throughput, first.throughput)}" for one in apart)
    return f"Other than {usual}: {found}; the others cannot be told from it."


def times(value: float, of: float) -> str:
    """Return how many times as much something is."""
    return f"{value / of:.2f} ×" if of else "-"


def _limits(points: Sequence[ScalePoint], cores: int) -> Iterator[str]:
    """Say from how many workers on it was not the transport that could do no more."""
    for limit, who in WHO.items():
        if limited := [point.workers for point in points if point.limit == limit]:
            which = _which(limited, points)
            yield f"{which} {who.format(cores=plural(cores, 'core'))}."


def _which(limited: Sequence[int], points: Sequence[ScalePoint]) -> str:
    """Return "From 2 workers on" where all that are more are among them, else all their numbers."""
    if list(limited) == [point.workers for point in points if point.workers >= limited[0]]:
        return f"From {plural(limited[0], 'worker')} on" if len(limited) > 1 else f"With {plural(limited[0], 'worker')}"
    return f"With {', '.join(f'{count:,}' for count in limited)} workers"


def _law(law: Law, points: Sequence[ScalePoint]) -> Iterator[Text]:
    if not (law.alpha and law.beta and law.gamma):
        yield said("yellow", "Law:", f"{law.refused}.")
        return
    yield Text(
        f"Law: α {_within(law.alpha)} contention, β {_within(law.beta)} crosstalk, γ {_within(law.gamma)} tasks/s "
        "of one worker (95 % intervals)."
    )
    if any(point.limit for point in points):
        yield Text("It was fitted where other things than the transport were the limit, too: it is the law of both.")
    yield Text(_peak(law, points))


def _peak(law: Law, points: Sequence[ScalePoint]) -> str:
    if law.peak_workers is None:
        return "No peak: its crosstalk cannot be told from none."
    where = f"Peak: about {plural(round(law.peak_workers), 'worker')}"
    if law.peak_is == "measured":
        return f"{where}, inside what was measured."
    return f"{where}, predicted: outside of what was measured ({points[0].workers:,} to {points[-1].workers:,})."


def _within(found: Coefficient) -> str:
    return f"{figure(found.value)} ({figure(found.low)} to {figure(found.high)})"


def settings_caption(points: Sequence[ScalePoint]) -> str:
    """Return what the table of other settings shows."""
    return f"Other settings, with {plural(points[0].workers, 'worker')}"


def other_settings(result: Result, law: Law) -> list[ScalePoint]:
    """Return what else was tried with a transport."""
    beginnings = (f"{law.transport}?", f"{law.transport}&")
    found = [point for point in result.points if point.transport.startswith(beginnings)]
    return [point for point in found if point.transport not in result.plan.transports]
