"""Numbers of workers: what each curve does at its end, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator

from crossover.derived.curves import Curve, Shape, curve_of
from crossover.report.wording.answer.verdict import next_command, shortened
from crossover.report.wording.figures import figure, plural
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import GIL, MACHINE, PRODUCER

LIMITS = {
    MACHINE: "the cores are full",
    GIL: "threads take turns with the GIL",
    PRODUCER: "the producer's core is full",
}
CURVES = "What more workers do"


def curves(result: Result) -> dict[str, Curve]:
    """Return transport → its curve, of those that have a sound figure."""
    found = {label: curve_of(result.points, label) for label in result.plan.transports}
    return {label: curve for label, curve in found.items() if curve is not None}


def shape_words(curve: Curve) -> str:
    """Return what a curve does at its end, and why."""
    last, enough = curve.last, curve.enough
    why = f": {LIMITS[enough.limit]}" if enough.limit in LIMITS else ""
    if curve.shape is Shape.RISING:
        return f"still rising at {last.workers:,} ({curve.linear:.2f} × linear)"
    if curve.shape is Shape.FALLING:
        return f"best with {enough.workers:,}, {last.throughput / enough.throughput - 1:.0%} at {last.workers:,}{why}"
    return f"flat from {enough.workers:,}{why}" if curve.shape is Shape.FLAT else f"only {last.workers:,} was measured"


def verdict(result: Result) -> list[str]:
    """Return at most four sentences: how many workers to use, what still rises, the next command."""
    answer, found = result.answer, curves(result)
    if answer is None:
        return []
    return shortened([*_use(result, found), *_rising(found), *next_command(answer.next)])


def _use(result: Result, found: dict[str, Curve]) -> Iterator[str]:
    """Yield what to use inside one machine, and through a broker."""
    answer = result.answer
    assert answer is not None
    for one, where in ((answer.local, ""), (answer.remote, "Through a broker: ")):
        if one is None:
            continue
        curve = found[one.transport]
        why = f": {LIMITS[curve.enough.limit]}" if curve.enough.limit in LIMITS else ""
        more = "more are slower" if curve.shape is Shape.FALLING else "more change nothing"
        what = f"{one.transport} with {plural(one.workers, 'worker')} ({figure(one.throughput)} tasks/s)"
        yield f"{where}{what}{why}; {more}." if where else f"Use {what}{why}; {more}."


def _rising(found: dict[str, Curve]) -> Iterator[str]:
    """Yield which curves are not at their end, of which no number of workers can be recommended."""
    rising = [f"{label} at {curve.last.workers:,}" for label, curve in found.items() if curve.shape is Shape.RISING]
    if rising:
        yield f"No best number of workers is known where the curve still rises: {', '.join(rising)}."
