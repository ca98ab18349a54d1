"""What a person sees of `scale` in the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from crossover.contract.findings import GIL, MACHINE, PRODUCER, Coefficient, Law, ScalePoint
from crossover.contract.records import ENOUGH_ROUNDS, End
from crossover.contract.result import Result
from crossover.report.words import BAR, MOST_REASONS, bar, figure, plural, said, table

HEADINGS = (
    "workers",
    "tasks/s",
    "",
    "± 95 %",
    "each",
    "CPU µs",
    "MiB",
    "limit",
)  # each: of the first row's, per worker
SETTINGS = ("setting", "tasks/s", "", "± 95 %", "× first", "CPU µs", "MiB", "limit")
BAR_COLUMN = 2
WHO = {
    MACHINE: "the machine's {cores} were full, of tasks and transport: more workers cannot show more here",
    PRODUCER: "the producer, which used a whole core, was the limit, not the workers: larger batches (-b) take from it",
    GIL: "the GIL was the limit: the threads take turns on one core",
}
OTHER_WORK = (
    "For other work the advice differs. CPU-bound: as many workers as cores. I/O-bound: many more, since one that "
    "waits leaves its core to others. Mixed: cores / (CPU share of a task)."
)


def render(result: Result) -> RenderableType:
    """Return a table for each transport, and under it what follows from it."""
    return Group(
        Text(headline(result), style="bold"), *_pages(result), Text(), *map(Text, other_work(result)), *troubles(result)
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


def _pages(result: Result) -> Iterator[RenderableType]:
    for law in result.laws:
        points = [point for point in result.points if point.transport == law.transport]
        each = points[0].throughput / points[0].workers
        rows = [
            [f"{point.workers:,}", *_figures(point, points), _times(point.throughput / point.workers, each)]
            for point in points
        ]
        yield Text()
        yield Text(law.transport, style="bold")
        yield _table(HEADINGS, rows, points)
        yield from words(result, law)
        yield from _settings(result, law)


def words(result: Result, law: Law) -> Iterator[Text]:
    """Say what one transport's figures come to: what was the limit, the law, the number of workers to take."""
    points = [point for point in result.points if point.transport == law.transport]
    yield from map(Text, _limits(points, result.host.cores))
    yield from _law(law, points)


def _settings(result: Result, law: Law) -> Iterator[RenderableType]:
    """Show what else was tried, with the recommended number of workers."""
    points = other_settings(result, law)
    name = len(law.transport) + 1
    if len(points) > 1:
        rows = [
            [
                point.transport[name:],
                *_figures(point, points),
                _times(point.throughput, points[0].throughput),
            ]
            for point in points
        ]
        yield Text(f"Other settings, with {plural(points[0].workers, 'worker')}:")
        yield _table(SETTINGS, rows, points)
        yield Text(differences(points[0], points[1:], name))


def other_settings(result: Result, law: Law) -> list[ScalePoint]:
    """Return what else was tried with a transport."""
    beginnings = (f"{law.transport}?", f"{law.transport}&")
    found = [point for point in result.points if point.transport.startswith(beginnings)]
    return [point for point in found if point.transport not in result.plan.transports]


def differences(first: ScalePoint, others: Sequence[ScalePoint], name: int) -> str:
    """Say which settings can be told from the first, and by how much."""
    usual = first.transport[name:]
    if min(point.rounds for point in (first, *others)) < ENOUGH_ROUNDS:
        return f"{plural(first.rounds, 'round')} of each cannot tell a difference from noise: give it more (-r 3)."
    apart = [one for one in others if one.ci95_low > first.ci95_high or one.ci95_high < first.ci95_low]
    if not apart:
        return f"None can be told from {usual}: their intervals overlap."
    found = ", ".join(f"{one.transport[name:]} {_times(one.throughput, first.throughput)}" for one in apart)
    return f"Other than {usual}: {found}; the others cannot be told from it."


def _figures(point: ScalePoint, beside: Sequence[ScalePoint]) -> list[str]:
    top = max(other.throughput for other in beside)
    spread = (point.ci95_high - point.ci95_low) / 2 / point.throughput if point.throughput else 0.0
    return [
        figure(point.throughput),
        bar(point.throughput / top if top else 0.0),
        f"{spread:.1%}" if point.rounds > 1 else "-",
    ]


def _times(value: float, of: float) -> str:
    return f"{value / of:.2f} ×" if of else "-"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], points: Sequence[ScalePoint]) -> RenderableType:
    cells = [
        [
            *row,
            "-" if point.cpu_us is None else figure(point.cpu_us),
            "-" if point.memory_bytes is None else figure(point.memory_bytes / 2**20),
            "damaged" if point.damage else point.limit,
        ]
        for row, point in zip(rows, points, strict=True)
    ]
    widths = [max(map(len, column)) for column in zip(headings, *cells, strict=True)]
    widths[BAR_COLUMN] = BAR
    shown = [[Text(cell, style=_style(number, cell)) for number, cell in enumerate(row)] for row in cells]
    return table(headings, shown, widths, BAR_COLUMN)


def _style(column: int, cell: str) -> str:
    if column == BAR_COLUMN:
        return "cyan"
    return "bold red" if cell == "damaged" else ""


def _limits(points: Sequence[ScalePoint], cores: int) -> Iterator[str]:
    """Say from how many workers on it was not the transport that could do no more."""
    for limit, words in WHO.items():
        if limited := [point.workers for point in points if point.limit == limit]:
            which = _which(limited, points)
            yield f"{which} {words.format(cores=plural(cores, 'core'))}."


def _which(limited: Sequence[int], points: Sequence[ScalePoint]) -> str:
    """Return "From 2 workers on" where all that are more are among them, else all their numbers."""
    if list(limited) == [point.workers for point in points if point.workers >= limited[0]]:
        return f"From {plural(limited[0], 'worker')} on" if len(limited) > 1 else f"With {plural(limited[0], 'worker')}"
    return f"With {', '.join(f'{count:,}' for count in limited)} workers"


def _law(law: Law, points: Sequence[ScalePoint]) -> Iterator[Text]:
    if law.alpha and law.beta and law.gamma:
        yield Text(
            f"Law: α {_within(law.alpha)} contention, β {_within(law.beta)} crosstalk, γ {_within(law.gamma)} tasks/s "
            "of one worker (95 % intervals)."
        )
        if any(point.limit for point in points):
            yield Text(
                "It was fitted where other things than the transport were the limit, too: it is the law of both."
            )
        yield Text(_peak(law, points))
    else:
        yield said("yellow", "Law:", f"{law.refused}.")
    yield said(
        "bold", "Recommended:", f"{plural(law.recommended_workers, 'worker')}, the fewest within 5 % of the best."
    )
    if law.advice:
        yield Text(law.advice)


def _peak(law: Law, points: Sequence[ScalePoint]) -> str:
    if law.peak_workers is None:
        return "No peak: its crosstalk cannot be told from none."
    where = f"Peak: about {plural(round(law.peak_workers), 'worker')}"
    if law.peak_is == "measured":
        return f"{where}, inside what was measured."
    return f"{where}, predicted: outside of what was measured ({points[0].workers:,} to {points[-1].workers:,})."


def _within(found: Coefficient) -> str:
    return f"{figure(found.value)} ({figure(found.low)} to {figure(found.high)})"


def other_work(result: Result) -> list[str]:
    """Say what the advice is for other work."""
    return [OTHER_WORK] if any(law.advice for law in result.laws) else []


def troubles(result: Result) -> Iterator[Text]:
    """Say what is to be doubted, what went wrong, and what was not measured."""
    planned = len(result.plan.transports) * len(result.plan.worker_counts) * result.plan.rounds
    measured = sum(run.transport in result.plan.transports for run in result.runs)
    if measured < planned:
        yield said("yellow", "Partial:", f"{measured:,} of {planned:,} runs were measured.")
    for run in result.runs:
        if run.ending != End.FINISHED:
            where = f"{run.transport}, {plural(run.workers, 'worker')}, round {run.round}:"
            yield said("red", where, run.ending)
    for point in result.points:
        if point.damage:
            yield said("red", "damaged:", f"{point.transport}, {plural(point.workers, 'worker')}: {point.damage}")
    yield from _reasons(result)
    for warning, whom in _warnings(result.points).items():
        yield said("yellow", "warning:", f"{whom}: {warning}")
    for skipped in result.skipped:
        yield Text(f"skipped: {skipped.transport}: {skipped.reason}")


def _reasons(result: Result) -> Iterator[Text]:
    reasons: Counter[str] = Counter()
    for run in result.runs:
        reasons.update(run.reasons)
    for reason, tasks in reasons.most_common(MOST_REASONS):
        yield said("red", "failed:", f"{tasks:,} × {reason}")


def _warnings(points: Sequence[ScalePoint]) -> Mapping[str, str]:
    """Return each warning once → whom it is about; their numbers of workers only where it is not about all."""
    about: dict[str, dict[str, list[ScalePoint]]] = {}
    for point in points:
        for warning in point.warnings:
            about.setdefault(warning, {}).setdefault(point.transport, []).append(point)
    return {warning: _whom(warned, points) for warning, warned in about.items()}


def _whom(warned: Mapping[str, Sequence[ScalePoint]], points: Sequence[ScalePoint]) -> str:
    if sum(map(len, warned.values())) == len(points):
        return "all"
    return "; ".join(
        label
        if len(found) == sum(point.transport == label for point in points)
        else f"{label} with {', '.join(f'{point.workers:,}' for point in found)}"
        for label, found in warned.items()
    )
