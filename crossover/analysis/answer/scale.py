"""What a person should do after transports were measured with several numbers of workers."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from crossover.analysis.answer.next_command import work_options
from crossover.analysis.run_selection import by_label
from crossover.contract.options import with_workers
from crossover.derived.curves import Curve, Shape, curve_of
from crossover.results.comparison import Result
from crossover.results.conclusions.answer import Answer, Choice

DONE = {Shape.FLAT, Shape.FALLING}  # shapes of which the best number of workers is known


def answer_of_scale(result: Result) -> Answer | None:
    """Return what to do; a number of workers is recommended only where the curve does not rise any more.

    Args:
        result: of `scale`, with its points.
    """
    curves = {label: curve_of(result.points, label) for label in result.plan.transports}
    known = {label: curve for label, curve in curves.items() if curve is not None}
    if not known:
        return None
    runs = by_label(result.runs)
    across = {label for label in known if runs[label][0].guarantee.crosses_machines}
    local = _choice({label: curve for label, curve in known.items() if label not in across})
    remote = _choice({label: curve for label, curve in known.items() if label in across})
    return replace(Answer(local=local, remote=remote), next=_next(result, known, local, remote))


def _choice(curves: Mapping[str, Curve]) -> Choice | None:
    """Return the best of some transports; None where it still rises, or only one number of workers was measured."""
    if not curves:
        return None
    label, best = max(curves.items(), key=lambda item: item[1].enough.throughput)
    if best.shape not in DONE:
        return None
    point = best.enough
    return Choice(label, point.workers, point.throughput, point.ci95_low, point.ci95_high)


def _next(result: Result, curves: Mapping[str, Curve], local: Choice | None, remote: Choice | None) -> list[str]:
    """Return the next command: more workers where a curve still rises, else a comparison with the best numbers."""
    label, top = max(curves.items(), key=lambda item: item[1].enough.throughput)
    if top.shape not in DONE:
        most = top.last.workers
        return ["scale", label, *work_options(result), "-w", ",".join(str(most * times) for times in (1, 2, 4))]
    best = [one for one in (local, remote) if one is not None]
    return ["compare", *(with_workers(one.transport, one.workers) for one in best), *work_options(result)]
