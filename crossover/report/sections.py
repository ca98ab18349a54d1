"""What a page shows of a result, in the order of the terminal; only what the result has."""

from __future__ import annotations

from collections.abc import Iterator

from crossover.contract.difference import Difference
from crossover.contract.result import Result
from crossover.contract.safety_records import SafetyResult
from crossover.contract.share_records import ShareResult
from crossover.report import (
    backlog_terminal,
    crossing_terminal,
    diff_terminal,
    hops_terminal,
    safety_terminal,
    scale_terminal,
    share_terminal,
    terminal,
)
from crossover.report.charts.backlogs import backlogs
from crossover.report.charts.changes import changes, changes_table
from crossover.report.charts.costs import costs
from crossover.report.charts.counters import counters
from crossover.report.charts.hops import hops
from crossover.report.charts.latencies import latencies
from crossover.report.charts.loads import loads
from crossover.report.charts.loads import table as load_table
from crossover.report.charts.losses import losses
from crossover.report.charts.payloads import payloads
from crossover.report.charts.scaling import scaling
from crossover.report.charts.throughput import throughput
from crossover.report.matrix import legend, matrix
from crossover.report.parts import Section, Table
from crossover.report.words import plural

CLOSED_LOOP = (
    "In closed loop a task's latency is mostly time in the queue: it grows with the window. --rate shows the latency "
    "at a load that is kept."
)
INTENDED = "Latency counts from when a task should have been sent until it was back; it includes how late it was sent."
BAND = "Line and band: the law that was fitted, and between what it lies with 95 % confidence."


def sections(result: Result | SafetyResult | ShareResult) -> list[Section]:
    """Return them; one without charts, tables and sentences is left out."""
    if isinstance(result, SafetyResult):
        found = _safety(result)
    elif isinstance(result, ShareResult):
        found = _share(result)
    else:
        found = _scale(result) if result.plan.worker_counts else _compare(result)
    return [one for one in found if one.charts or one.tables or one.notes]


def beside(found: Difference) -> list[Section]:
    """Return what is different between two results."""
    said = [text.plain for text in diff_terminal.notes(found)]
    drawn = list(changes(found))
    tables = [] if drawn else [changes_table(found)]
    return [Section("What is slower or faster", (), drawn, tables, said)]


def troubles(result: Result | SafetyResult | ShareResult) -> list[str]:
    """Return warnings, what went wrong, and what was skipped."""
    if isinstance(result, SafetyResult):
        return [text.plain for text in safety_terminal.missing(result)]
    if isinstance(result, ShareResult):
        return [text.plain for text in share_terminal.troubles(result)]
    found = scale_terminal.troubles(result) if result.plan.worker_counts else terminal.troubles(result)
    return [text.plain for text in found]


def _compare(result: Result) -> Iterator[Section]:
    said = [text.plain for text in terminal.conclusions(result)]
    if result.plan.backlog:
        yield Section("Backlogs", said, list(backlogs(result)), after=list(backlog_terminal.notes(result)))
    elif result.plan.payloads:
        yield Section("Payloads of several sizes", said, list(payloads(result)))
    else:
        yield Section("Throughput", said, list(throughput(result)))
    if result.plan.payloads:
        return
    yield from _latency(result)
    bytes_known = any(one.wire_bytes is not None for one in result.summary)
    explained = [hops_terminal.QUEUEING, *([hops_terminal.BYTES] if bytes_known else [])]
    if found := list(hops(result)):
        yield Section(hops_terminal.heading(result), (), found, after=explained)
    yield Section("CPU and memory by role", (), list(costs(result)))
    yield from _crossing(result)


def _latency(result: Result) -> Iterator[Section]:
    typed = result.plan.rate is not None
    if found := list(latencies(result)):
        tables = [load_table(result)] if typed else []
        yield Section("Latency", (), found, tables, [INTENDED if typed else CLOSED_LOOP])
    if found := list(loads(result)):
        yield Section("Latency against load", (), found, after=[INTENDED])


def _crossing(result: Result) -> Iterator[Section]:
    headings, rows = crossing_terminal.cells(result.summary, result.crossing)
    if rows:
        said = crossing_terminal.enough(result.crossing) if result.crossing else ""
        after = [crossing_terminal.EXTRAPOLATED] if said else []
        table = Table(crossing_terminal.TITLE, headings, rows)
        yield Section(crossing_terminal.TITLE, [said] if said else [], tables=[table], after=after)
    if result.checks:
        table = Table(crossing_terminal.CHECKED, crossing_terminal.CHECKS, crossing_terminal.check_cells(result.checks))
        yield Section(crossing_terminal.CHECKED, tables=[table])


def _scale(result: Result) -> Iterator[Section]:
    for law in result.laws:
        said = [text.plain for text in scale_terminal.words(result, law)]
        points = scale_terminal.other_settings(result, law)
        tables = []
        if len(points) > 1:
            rows = [
                [one.transport[len(law.transport) + 1 :], one.throughput, one.ci95_low, one.ci95_high, one.cpu_us]
                for one in points
            ]
            caption = f"Other settings, with {plural(points[0].workers, 'worker')}"
            tables = [Table(caption, ("setting", "tasks/s", "95 % from", "95 % to", "CPU µs"), rows)]
            said.append(scale_terminal.differences(points[0], points[1:], len(law.transport) + 1))
        after = [*([BAND] if law.band else []), *(scale_terminal.other_work(result) if law is result.laws[-1] else [])]
        yield Section(f"Scaling: {law.transport}", said, list(scaling(result, law)), tables, after)


def _safety(result: SafetyResult) -> Iterator[Section]:
    yield Section("What safety costs", (), list(losses(result)))
    if result.runs or result.unmeasured:
        said = [text.plain for text in safety_terminal.checker(result)]
        bound = [text.plain for text in (*safety_terminal.bound(result), *safety_terminal.recovery(result, {}))]
        after = [legend(result), *(text for text in bound if text)]
        yield Section("What each fault does", said, tables=[matrix(result)], after=after)
    yield Section("What was seen", [text.plain for text in safety_terminal.seen(result)])


def _share(result: ShareResult) -> Iterator[Section]:
    yield Section(
        "Shared counters", [text.plain for text in share_terminal.conclusions(result)], list(counters(result))
    )
