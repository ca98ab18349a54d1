"""Scaling in words: the limits, the law, the recommended number of workers, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from crossover.derived.curves import Curve, curve_of
from crossover.derived.ratios import against, between
from crossover.report.wording.figures import figure, plural, too_few_rounds
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import GIL, MACHINE, PRODUCER, Coefficient, Law, Limit, ScalePoint
from crossover.results.records import ENOUGH_ROUNDS

LIMITS = {
    MACHINE: "the machine's {cores} {were} fully used: more workers cannot show a gain here",
    PRODUCER: "the producer was the bottleneck, since it used a whole core: use larger batches (-b)",
    GIL: "the GIL was the bottleneck: threads take turns on one core",
    Limit.BROKER: "the broker was the bottleneck, since it used a whole core",
    Limit.WINDOW: "the window was the bottleneck: workers waited for tasks",
    Limit.INPUT: "there were too few tasks to keep all workers busy: use more (-n)",
}
OTHER_WORK = (
    "For other work: CPU-bound, use as many workers as cores; I/O-bound, use many more, since a worker that waits "
    "needs no core; mixed, use cores / (CPU share of a task)."
)


def headline(result: Result) -> str:
    """Return what was measured."""
    plan = result.plan
    each = f"{plan.tasks:,} tasks" if plan.seconds is None else f"{plan.seconds:g} s"
    payload = "" if plan.payload_bytes is None else f" of {plan.payload_bytes:,} bytes"
    return (
        f"{plan.workload}{payload}: {each} per run, {plural(plan.rounds, 'round')}, "
        f"{plural(result.host.cores, 'core')}, batch {plan.batch:,}, {plan.safety} safety"
    )


def law_notes(result: Result, law: Law) -> Iterator[Text]:
    """Yield for one transport its limit, the law that fits, and why this number of workers is recommended."""
    points = [point for point in result.points if point.transport == law.transport]
    yield from map(Text, _limits(points, result.host.cores))
    yield from _law(law, points)
    yield from map(Text, advice([law]))


def recommended(result: Result) -> Iterator[str]:
    """Yield the recommended number of workers of each transport, and which has none because all of it was damaged."""
    sound = {point.transport for point in result.points if not point.damage}
    laws = [law for law in result.laws if law.transport in sound]
    flat = [law for law in laws if not law.still_rising]
    each = ", ".join(f"{law.transport} {plural(law.recommended_workers, 'worker')}" for law in flat)
    if each:
        yield f"Recommended: {each}; the fewest whose throughput is within 5% of the best."
    curves = [curve_of(result.points, law.transport) for law in laws if law.still_rising]
    yield from (_rising(curve) for curve in curves if curve is not None)
    if damaged := ", ".join(law.transport for law in result.laws if law.transport not in sound):
        yield f"No number of workers can be recommended for {damaged}: with each of them something was lost or failed."


def _rising(curve: Curve) -> str:
    """Return that more workers than were measured may help, and how that is tried."""
    last = curve.last
    return (
        f"{last.transport}: still rising at {plural(last.workers, 'worker')} ({figure(last.throughput)} tasks/s, "
        f"{curve.linear:.2f} × linear), so none of these is the best number. Try more: -w {last.workers:d},"
        f"{2 * last.workers:d}."
    )


def advice(laws: Sequence[Law]) -> Iterator[str]:
    """Yield the reason for each recommendation."""
    yield from (f"{law.transport}: {law.advice}" for law in laws if law.advice)


def other_work(result: Result) -> list[str]:
    """Return the advice for other work."""
    return [OTHER_WORK] if any(law.advice for law in result.laws) else []


def differences(first: ScalePoint, others: Sequence[ScalePoint], name: int) -> str:
    """Return which settings differ significantly from the first, and by how much."""
    usual = first.transport[name:]
    if min(point.rounds for point in (first, *others)) < ENOUGH_ROUNDS:
        return too_few_rounds(first.rounds)
    known = [(one, one.to_usual) for one in others if one.to_usual is not None]
    apart = [(one, ratio) for one, ratio in known if ratio.differs]
    if not apart:
        each = ", ".join(f"{one.transport[name:]} {between(ratio)}" for one, ratio in known)
        return f"No significant difference from {usual}{f': {each}' if each else ''}."
    found = ", ".join(f"{one.transport[name:]} {against(ratio)}" for one, ratio in apart)
    return f"Compared with {usual}: {found}; no significant difference for the others."


def times(value: float, of: float) -> str:
    """Return how many times as much something is."""
    return f"{value / of:.2f} ×" if of else "-"


def _limits(points: Sequence[ScalePoint], cores: int) -> Iterator[str]:
    """Yield with how many workers something other than the transport was the bottleneck."""
    for limit, sentence in LIMITS.items():
        if limited := [point.workers for point in points if point.limit == limit]:
            which = _which(limited, points)
            yield f"{which}, {sentence.format(cores=plural(cores, 'core'), were='was' if cores == 1 else 'were')}."


def _which(limited: Sequence[int], points: Sequence[ScalePoint]) -> str:
    """Return "With 2 or more workers" where all larger numbers are among them, else each number."""
    if list(limited) == [point.workers for point in points if point.workers >= limited[0]]:
        return f"With {limited[0]:,} or more workers" if len(limited) > 1 else f"With {plural(limited[0], 'worker')}"
    return f"With {', '.join(f'{count:,}' for count in limited)} workers"


def _law(law: Law, points: Sequence[ScalePoint]) -> Iterator[Text]:
    if not (law.alpha and law.beta and law.gamma):
        yield Text(f"{law.refused[:1].upper()}{law.refused[1:]}.", style="yellow")
        return
    yield Text(
        f"Law: contention α {_within(law.alpha)}, crosstalk β {_within(law.beta)}, one worker γ {_within(law.gamma)} "
        "tasks/s (95% intervals in brackets)."
    )
    if any(point.limit in {MACHINE, PRODUCER, GIL} for point in points):
        yield Text("The law includes the limits of the machine, the producer or the GIL: see the column limit.")
    yield Text(_peak(law, points))


def _peak(law: Law, points: Sequence[ScalePoint]) -> str:
    if law.peak_workers is None:
        return "No peak: crosstalk does not differ significantly from 0."
    where = f"Peak: about {plural(round(law.peak_workers), 'worker')}"
    if law.peak_is == "measured":
        return f"{where}, within the measured range."
    return f"{where}: a prediction beyond the measured range ({points[0].workers:,} to {points[-1].workers:,})."


def _within(found: Coefficient) -> str:
    return f"{figure(found.value)} ({figure(found.low)} to {figure(found.high)})"


def settings_caption(points: Sequence[ScalePoint]) -> str:
    """Return what the table of other settings shows."""
    return f"Other settings, with {plural(points[0].workers, 'worker')}"


def other_settings(result: Result, law: Law) -> list[ScalePoint]:
    """Return the points of the other settings of a transport."""
    beginnings = (f"{law.transport}?", f"{law.transport}&")
    found = [point for point in result.points if point.transport.startswith(beginnings)]
    return [point for point in found if point.transport not in result.plan.transports]
