"""What a person sees in the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from rich.console import Group, RenderableType
from rich.text import Text

from crossover.contract.findings import Crossing, Standing, Summary
from crossover.contract.records import ENOUGH_ROUNDS, OPEN, RULE_OF_THREE, WRONG_VALUE, End, Run
from crossover.contract.result import Result
from crossover.report import backlog_terminal, hops_terminal
from crossover.report.crossing_terminal import checks, crossing
from crossover.report.load_terminal import load_answer, load_tables, load_warnings
from crossover.report.sweep_terminal import size_of, sweep
from crossover.report.words import BAR, BETWEEN, MOST_REASONS, WIDTH, Wide, bar, figure, line_of, plural, said, table

NARROWEST_BAR, NAME, MARKED = 4, 14, 5  # columns
HEADINGS = ("transport", "tasks/s", "", "± 95 %", "lost", "dup.", "failed", "corr.", "CPU µs")
BAR_COLUMN = 2


def render(result: Result) -> RenderableType:
    """Return a result's table, and under it in words what it says."""
    if result.plan.backlog:
        page = backlog_terminal.tables(result)
        said_first = [*map(Text, backlog_terminal.notes(result))]
        headline = Text(backlog_terminal.headline(result), style="bold")
        return Group(headline, *page, Text(), *said_first, *_notes(result))
    headline = Text(headline_of(result), style="bold")
    if result.plan.payloads:
        return Group(headline, *sweep(result), Text(), *_notes(result))
    ranked = [Wide(lambda width: Group(*_tables(result, width)))] if result.summary else []
    tables = [*ranked, *load_tables(result)]
    beside = [*hops_terminal.tables(result), *crossing(result.summary, result.crossing), *checks(result.checks)]
    return Group(headline, *tables, Text(), *_notes(result), *beside)


def headline_of(result: Result) -> str:
    """Return what was asked for."""
    plan = result.plan
    payload = "" if plan.payload_bytes is None else f" of {plan.payload_bytes:,} bytes"
    what, window = f"{plan.tasks:,} tasks{payload}", f" window {plan.window:,},"
    if plan.rate is not None:
        window = f" {figure(plan.rate)} tasks/s,"
    if plan.payloads:
        what, window = f"{', '.join(map(size_of, plan.payloads))} bytes", ""
    rounds = plan.rounds if plan.until_within is None else max((run.round for run in result.runs), default=0)
    until = "" if plan.until_within is None else f" (auto: until ± {plan.until_within:.0%})"
    return (
        f"{plan.workload}: {what}, {plural(rounds, 'round')}{until}, {plural(plan.workers, 'worker')}, "
        f"batch {plan.batch:,},{window} {plan.safety} safety"
    )


def _tables(result: Result, width: int) -> Iterator[RenderableType]:
    """Return a table for each group, all with columns of the same width; with more than 80, each round has a mark."""
    longest = max((len(summary.transport) for summary in result.summary), default=0)
    spare = width - WIDTH
    bar_width = max(NARROWEST_BAR, BAR + spare // 4 - max(0, longest - NAME))  # a long name takes from the bar first
    most = max(0, spare // 2 - MARKED)  # rounds that have a mark
    headings = (*HEADINGS, "rounds") if most else HEADINGS
    top = max((summary.throughput for summary in result.summary), default=0.0)
    groups: dict[str, list[list[Text]]] = {}
    for summary in result.summary:
        runs = [run for run in _runs_of(result, summary.transport) if run.load.mode != OPEN]
        row = list(_row(summary, runs, top, bar_width))
        row += [Text(line_of([run.throughput for run in runs[-most:]]))] if most else []
        groups.setdefault(summary.group, []).append(row)
    rows = [row for group in groups.values() for row in group]
    widths = [max(len(cell) for cell in column) for column in zip(map(Text, headings), *rows, strict=True)]
    widths[BAR_COLUMN] = bar_width
    widths[0] = min(widths[0], width - sum(widths[1:]) - BETWEEN * (len(widths) - 1))
    yield table(headings, [], widths, BAR_COLUMN)
    for group, members in groups.items():
        if len(groups) > 1:
            yield Text(f"{group}:", style="italic")
        yield table(headings, members, widths, BAR_COLUMN, headed=False)


def _row(summary: Summary, runs: Sequence[Run], top: float, width: int) -> Iterator[Text]:
    spread = (summary.ci95_high - summary.ci95_low) / 2 / summary.throughput if summary.throughput else 0.0
    yield Text(summary.transport)
    yield Text(figure(summary.throughput))
    yield Text(bar(summary.throughput / top if top else 0.0, width), style="cyan")
    yield Text(f"{spread:.1%}" if len(runs) > 1 else "-")
    for counts in zip(
        *((d.lost, d.duplicated, d.failed, d.corrupted) for d in (run.delivery for run in runs)), strict=True
    ):
        yield Text(f"{sum(counts):,}", style="bold red" if any(counts) else "")
    yield Text("-" if summary.cpu_us is None else figure(summary.cpu_us))


def _notes(result: Result) -> Iterator[Text]:
    yield from conclusions(result)
    yield from troubles(result)


def conclusions(result: Result) -> Iterator[Text]:
    """Say what the runs say."""
    yield from map(Text, _answer(result))
    yield from map(Text, load_answer(result))
    yield from _values(result)
    yield from map(Text, bound(result))


def troubles(result: Result) -> Iterator[Text]:
    """Say what is to be doubted, what went wrong, and what was not measured."""
    yield from _warnings(result)
    for run in [*result.runs, *result.probes]:
        if run.ending != End.FINISHED:
            of = f" ({run.workload})" if run.workload != result.plan.workload else ""
            yield said("red", f"{run.transport}{of}, round {run.round}:", run.ending)
    yield from _failures(result)
    for skipped in result.skipped:
        yield Text(f"skipped: {skipped.transport}: {skipped.reason}")


def _answer(result: Result) -> Iterator[str]:
    for fastest, slower in ranking(result):
        yield fastest
        if slower:
            yield slower
    if ranked(result):
        yield from _noise(result)
    if result.crossing and ranked(result):
        yield leaving(result.crossing)


def ranked(result: Result) -> bool:
    """Return whether there are enough transports and rounds to say which one is the fastest."""
    several = len(result.summary) > 1 and any(one.standing is Standing.FASTEST for one in result.summary)
    return several and _rounds(result) >= ENOUGH_ROUNDS


def ranking(result: Result) -> Iterator[tuple[str, str]]:
    """Say for each group who is the fastest, and who is slower."""
    if len(result.summary) < 2 or not any(one.standing is Standing.FASTEST for one in result.summary):  # noqa: PLR2004
        return
    if not ranked(result):
        yield f"{plural(_rounds(result), 'round')} cannot tell a difference from noise: give it more (-r 5).", ""
        return
    groups: dict[str, list[Summary]] = {}
    for summary in result.summary:
        groups.setdefault(summary.group, []).append(summary)
    for group, members in groups.items():
        yield from _ranking(f"Fastest {group}" if len(groups) > 1 else "Fastest", members)


def _rounds(result: Result) -> int:
    return min(Counter(run.transport for run in result.runs if run.load.mode != OPEN).values(), default=0)


def _noise(result: Result) -> Iterator[str]:
    """Say how far those are apart that are the same: the noise floor."""
    urls = {run.transport: run.url for run in result.runs}
    for one, other in combinations(result.summary, 2):
        if urls[one.transport] == urls[other.transport] and one.throughput:
            apart = abs(other.throughput / one.throughput - 1)
            same = f"{one.transport} and {other.transport} are the same, and {apart:.1%} apart"
            found = "only noise" if Standing.SLOWER not in {one.standing, other.standing} else "noise; -r 9 tells more"
            yield f"{same}: {found}. Less than that is no difference between others, either."


def _ranking(heading: str, members: Sequence[Summary]) -> Iterator[tuple[str, str]]:
    standing = {kind: [s for s in members if s.standing is kind] for kind in Standing}
    for fastest in standing[Standing.FASTEST]:
        close = ", ".join(summary.transport for summary in standing[Standing.CLOSE])
        first = f"{heading}: {fastest.transport}, {figure(fastest.throughput)} tasks/s."
        slower = [f"{s.transport} {s.throughput / fastest.throughput:.2f} ×" for s in standing[Standing.SLOWER]]
        yield (
            first + (f" Not distinguishable from it: {close}." if close else ""),
            f"Slower: {', '.join(slower)}." if slower else "",
        )


def leaving(found: Crossing) -> str:
    """Say what it costs to leave the machine."""
    if found.added_us is None or found.from_ms is None:
        return f"To leave the machine costs nothing that could be told: {found.remote} beside {found.local}."
    cpu = "" if found.added_cpu_us is None else f" ({found.added_cpu_us:+.0f} µs CPU)"
    return (
        f"To leave the machine: {found.local} is {found.factor:.2f} × as fast as {found.remote}, which adds "
        f"{figure(found.added_us)} µs to each task{cpu}. Tasks of "
        f"{figure(found.from_ms)} ms or more hide that: they run as fast through either, within 5 %."
    )


def _values(result: Result) -> Iterator[Text]:
    finished = [run for run in result.runs if run.ending == End.FINISHED and not result.plan.payloads]
    by_tasks: dict[int, set[str]] = {}
    for run in finished:
        by_tasks.setdefault(run.tasks, set()).add(run.value_digest)
    digests = max(by_tasks.values(), key=len, default=set())
    if len(digests) == 1 and any(run.delivery.completed > run.delivery.corrupted for run in finished):
        of_all = len(by_tasks) == 1
        yield Text(
            f"Every run gave the same values (value_digest {digests.pop()})."
            if of_all
            else "Runs of as many tasks gave the same values."
        )
    elif len(digests) > 1:
        hint = "A function whose values depend on time or chance needs a check." if ":" in result.plan.workload else ""
        many = f"{len(digests)} different value_digests. {hint}".rstrip()
        yield said("red", "The runs did not all give the same values:", many)


def bound(result: Result) -> Iterator[str]:
    """Say what no loss means."""
    tried = min(
        (
            sum(run.delivery.completed for run in _runs_of(result, label))
            for label in {r.transport for r in result.runs}
        ),
        default=0,
    )
    if tried >= 2 * RULE_OF_THREE and not any(run.delivery.lost for run in result.runs):
        bound = f"fewer than 1 in {tried // RULE_OF_THREE:,}"
        yield f"No loss in {tried:,} tasks each: {bound} at 95 % confidence, as long as nothing dies."


def _warnings(result: Result) -> Iterator[Text]:
    """Say each warning once, and whom it is about."""
    about: dict[str, list[str]] = {}
    for summary in result.summary:
        for warning in summary.warnings:
            about.setdefault(warning, []).append(summary.transport)
    for warning, transports in load_warnings(result).items():
        about.setdefault(warning, []).extend(transports)
    for warning, transports in about.items():
        yield said("yellow", "warning:", f"{', '.join(dict.fromkeys(transports))}: {warning}")


def _failures(result: Result) -> Iterator[Text]:
    reasons: Counter[str] = Counter()
    for run in result.runs:
        reasons.update(run.reasons)
    for reason, tasks in reasons.most_common(MOST_REASONS):
        yield said("red", "corrupted:" if reason.startswith(WRONG_VALUE) else "failed:", f"{tasks:,} × {reason}")
    if len(reasons) > MOST_REASONS:
        yield said("red", "failed:", f"… and {len(reasons) - MOST_REASONS} more kinds of failure (see --json)")


def _runs_of(result: Result, label: str) -> list[Run]:
    return [run for run in result.runs if run.transport == label]
