"""Warnings: what is doubtful, what went wrong, and what was skipped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.text import Text

from crossover.contract.text import byte_count
from crossover.derived.labels import without_workers
from crossover.derived.rounds import measured_runs, planned_runs
from crossover.derived.task_kind import OTHERS_RAN, is_disturbed
from crossover.report.wording.comparison.payload_sizes import DAMAGED
from crossover.report.wording.figures import MOST_REASONS, coloured, plural
from crossover.report.wording.safety import has_room_for_settings
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import ScalePoint, Standing
from crossover.results.kinds import AnyResult, Measured
from crossover.results.records import WRONG_VALUE, End
from crossover.results.safety import SafetyResult
from crossover.results.share import ShareResult

FEW = 3  # warnings beside a verdict


def skipped(result: AnyResult) -> Iterator[Text]:
    """Yield what was skipped, and why."""
    for one in result.skipped:
        yield Text(f"skipped: {one.label}: {one.reason}")


def server_warnings(result: Measured) -> Iterator[Text]:
    """Yield what the servers said of themselves that is doubtful: each sentence once, with what goes through them."""
    about: dict[str, list[str]] = {}
    for label, sentences in result.server_warnings.items():
        for sentence in sentences:
            about.setdefault(sentence, []).append(label)
    for sentence, labels in about.items():
        yield coloured("yellow", "warning:", f"{', '.join(labels)}: {sentence}")


def _partial(result: Result) -> Iterator[Text]:
    """Yield how many runs were measured, if some are missing."""
    measured, planned = measured_runs(result), planned_runs(result)
    if measured < planned:
        yield coloured("yellow", "Partial:", f"{measured:,} of {planned:,} runs were measured.")


def _of_sample(result: Result) -> Iterator[Text]:
    """Yield that the sample was disturbed, where no run says so of itself."""
    warned = {warning for row in result.summary for warning in row.warnings}
    warned |= {warning for point in result.points for warning in point.warnings}
    if result.task is not None and is_disturbed(result.task) and OTHERS_RAN not in warned:
        how_long = f"something waited for one in {result.task.pressure:.0%} of the time"
        sentence = f"something else kept the cores busy while the task was timed: {how_long}"
        yield coloured("yellow", "warning:", sentence)


def comparison_warnings(result: Result) -> Iterator[Text]:
    """Yield what is doubtful or went wrong in a comparison."""
    yield from _partial(result)
    yield from _of_sample(result)
    for point in result.sweep:
        if point.standing is Standing.DAMAGED:
            yield coloured("red", f"{DAMAGED} {point.transport}, {byte_count(point.payload_bytes)}:", point.verdict)
    for warning, about in _said_of(result).items():
        yield coloured("yellow", "warning:", f"{', '.join(about)}: {warning}")
    for run in [*result.runs, *result.probes]:
        if run.ending != End.FINISHED:
            of = f" ({run.workload})" if run.workload != result.plan.workload else ""
            yield coloured("red", f"{run.transport}{of}, round {run.round}:", run.ending)
    yield from _failures(run.reasons for run in result.runs)


def few_warnings(result: Result) -> Iterator[Text]:
    """Yield the warnings that bear on a verdict, in one line each: what went wrong is said elsewhere."""
    found = [*_partial(result), *_of_sample(result)]
    for warning, about in _said_of(result).items():
        labels = ", ".join(dict.fromkeys(map(without_workers, about)))
        found.append(coloured("yellow", "warning:", f"{labels}: {warning}"))
    yield from _few(result, found)


def few_warnings_of_scale(result: Result) -> Iterator[Text]:
    """Yield likewise those of several numbers of workers."""
    yield from _few(result, [*_partial(result), *_of_points(result.points)])


def few_warnings_of_share(result: ShareResult) -> Iterator[Text]:
    """Yield likewise those of shared counters."""
    yield from _few(result, list(_endings(result)))


def _few(result: Measured, found: list[Text]) -> Iterator[Text]:
    found += server_warnings(result)
    if len(result.skipped) == 1:
        found += skipped(result)
    elif result.skipped:
        found.append(Text(f"skipped (--full says why): {', '.join(one.label for one in result.skipped)}"))
    yield from found[:FEW]
    if len(found) > FEW:
        yield Text(f"… and {len(found) - FEW} more warnings")


def _said_of(result: Result) -> Mapping[str, Sequence[str]]:
    """Return each warning once → what it is about."""
    about: dict[str, dict[str, None]] = {}
    told = [(one.transport, one.warnings) for one in result.summary]
    told += [(one.transport, one.warnings) for one in result.loads]
    told += [(f"{one.transport} {byte_count(one.payload_bytes)}", one.warnings) for one in result.sweep]
    for label, warnings in told:
        for warning in warnings:
            about.setdefault(warning, {})[label] = None
    all_labels = {label for label, _ in told}
    several = len(all_labels) > MOST_REASONS
    return {
        warning: ["all"] if several and set(labels) == all_labels else list(labels) for warning, labels in about.items()
    }


def _failures(found: Iterable[Mapping[str, int]]) -> Iterator[Text]:
    """Name the most frequent reasons, and count the others."""
    reasons: Counter[str] = Counter()
    for some in found:
        reasons.update(some)
    for reason, tasks in reasons.most_common(MOST_REASONS):
        yield coloured("red", "corrupted:" if reason.startswith(WRONG_VALUE) else "failed:", f"{tasks:,} × {reason}")
    if len(reasons) > MOST_REASONS:
        yield coloured("red", "failed:", f"… and {len(reasons) - MOST_REASONS} more kinds of failure (see --json)")


def scale_warnings(result: Result) -> Iterator[Text]:
    """Yield what is doubtful or went wrong in a result of `crossover scale`."""
    yield from _partial(result)
    yield from _of_sample(result)
    for run in result.runs:
        if run.ending != End.FINISHED:
            where = f"{run.transport}, {plural(run.workers, 'worker')}, round {run.round}:"
            yield coloured("red", where, run.ending)
    for point in result.points:
        if point.damage:
            yield coloured("red", "damaged:", f"{point.transport}, {plural(point.workers, 'worker')}: {point.damage}")
    yield from _failures(run.reasons for run in result.runs)
    yield from _of_points(result.points)


def _of_points(points: Sequence[ScalePoint]) -> Iterator[Text]:
    """Yield each warning once, and what it is about; their numbers of workers only where it is not about all."""
    about: dict[str, dict[str, list[ScalePoint]]] = {}
    for point in points:
        for warning in point.warnings:
            about.setdefault(warning, {}).setdefault(point.transport, []).append(point)
    for warning, warned in about.items():
        yield coloured("yellow", "warning:", f"{_labels_of(warned, points)}: {warning}")


def _labels_of(warned: Mapping[str, Sequence[ScalePoint]], points: Sequence[ScalePoint]) -> str:
    if sum(map(len, warned.values())) == len(points):
        return "all"
    return "; ".join(
        label
        if len(found) == sum(point.transport == label for point in points)
        else f"{label} with {', '.join(f'{point.workers:,}' for point in found)}"
        for label, found in warned.items()
    )


def share_warnings(result: ShareResult) -> Iterator[Text]:
    """Yield what is doubtful or went wrong with shared counters."""
    for one in result.summary:
        if missed := one.rounds - one.overlapped:
            rounds = f"{missed} of {plural(one.rounds, 'round')} {'is' if missed == 1 else 'are'} inconclusive"
            yield coloured("yellow", f"{one.state}:", f"{rounds}: the workers hardly overlapped.")
    yield from _endings(result)
    reasons: Counter[str] = Counter()
    for run in result.runs:
        reasons.update({f"{run.state}: {reason}": count for reason, count in run.reasons.items()})
    for reason, count in reasons.most_common(MOST_REASONS):
        yield coloured("red", "updates given up:", f"{count:,} × {reason}")


def _endings(result: ShareResult) -> Iterator[Text]:
    for run in result.runs:
        if run.ending != End.FINISHED:
            yield coloured("red", f"{run.state}, round {run.round}:", run.ending)


def safety_warnings(result: SafetyResult) -> Iterator[Text]:
    """Yield which cells of the matrix were not measured, and why."""
    reasons: dict[str, list[str]] = {}
    for cell in result.unmeasured:
        if not cell.meaningless or has_room_for_settings(result):
            reasons.setdefault(cell.reason, []).append(f"{cell.transport} {cell.safety}, {cell.fault}")
    for reason, cells in reasons.items():
        yield Text(f"not measured: {'; '.join(cells)}: {reason}")
