"""What a page shows of a result: the topics that every face has, with charts."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from crossover.report.page.charts.backlogs import backlogs
from crossover.report.page.charts.changes import changes, changes_table
from crossover.report.page.charts.costs import costs
from crossover.report.page.charts.counters import counters
from crossover.report.page.charts.hops import hops
from crossover.report.page.charts.latencies import latencies
from crossover.report.page.charts.loads import loads
from crossover.report.page.charts.loads import table as load_table
from crossover.report.page.charts.losses import losses
from crossover.report.page.charts.payload_sizes import payloads
from crossover.report.page.charts.scaling import scaling
from crossover.report.page.charts.throughput import throughput
from crossover.report.page.matrix import matrix, reasons
from crossover.report.page.parts import Chart, Section, Table
from crossover.report.terminal import crossing, differences
from crossover.report.terminal import scaling as scale_terminal
from crossover.report.topics import Topic, outline
from crossover.report.wording import warnings as found
from crossover.results.comparison import Result
from crossover.results.difference import Difference
from crossover.results.kinds import AnyResult
from crossover.results.safety import SafetyResult
from crossover.results.share import ShareResult

BAND = "Line and band: the law that was fitted, and between what it lies with 95 % confidence."
COMPARED = {
    "throughput": throughput,
    "backlogs": backlogs,
    "payloads": payloads,
    "latency": latencies,
    "loads": loads,
    "hops": hops,
    "costs": costs,
}


def sections(result: AnyResult) -> list[Section]:
    """Return them, in the order of the topics."""
    return [_section(result, topic) for topic in outline(result)]


def beside(found: Difference) -> list[Section]:
    """Return what is different between two results."""
    drawn = list(changes(found))
    tables = [] if drawn else [changes_table(found)]
    return [Section(differences.TITLE, (), drawn, tables, after=_plain(list(differences.explained(found))))]


def troubles(result: AnyResult) -> list[str]:
    """Return warnings, what went wrong, and what was skipped."""
    return _plain(list(found.troubles(result)))


def _section(result: AnyResult, topic: Topic) -> Section:
    after = _plain(topic.after)
    if isinstance(result, Result) and topic.law is next((law for law in result.laws if law.band), 0):
        after.insert(0, BAND)
    return Section(
        topic.title, _plain(topic.notes), _charts(result, topic), _tables(result, topic), _more(result, topic), after
    )


def _charts(result: AnyResult, topic: Topic) -> list[Chart]:
    if isinstance(result, SafetyResult):
        return list(losses(result)) if topic.name == "safety costs" else []
    if isinstance(result, ShareResult):
        return list(counters(result))
    if topic.law is not None:
        return list(scaling(result, topic.law))
    return list(COMPARED[topic.name](result)) if topic.name in COMPARED else []


def _tables(result: AnyResult, topic: Topic) -> list[Table]:
    """Return the tables of which there is no chart."""
    if isinstance(result, SafetyResult) and topic.name == "matrix":
        return [matrix(result)]
    if isinstance(result, Result) and topic.name in TABLES:
        return TABLES[topic.name](result, topic)
    return []


def _more(result: AnyResult, topic: Topic) -> list[Table]:
    if not isinstance(result, SafetyResult) or topic.name != "matrix":
        return []
    return [table for table in [reasons(result)] if table.rows]


def _rates(result: Result, topic: Topic) -> list[Table]:
    return [load_table(result)] if result.plan.rate is not None else []


def _crossing(result: Result, topic: Topic) -> list[Table]:
    return [Table(topic.title, *crossing.cells(result.summary, result.crossing))]


def _checks(result: Result, topic: Topic) -> list[Table]:
    return [Table(topic.title, crossing.CHECKS, crossing.check_cells(result.checks))]


def _settings(result: Result, topic: Topic) -> list[Table]:
    assert topic.law is not None
    points = scale_terminal.other_settings(result, topic.law)
    if len(points) < 2:  # noqa: PLR2004
        return []
    name = len(topic.law.transport) + 1
    rows = [[one.transport[name:], one.throughput, one.ci95_low, one.ci95_high, one.cpu_us] for one in points]
    headings = ("setting", "tasks/s", "95 % from", "95 % to", "CPU µs")
    return [Table(scale_terminal.settings_caption(points), headings, rows)]


def _plain(notes: Sequence[Text]) -> list[str]:
    return [note.plain for note in notes]


TABLES = {"latency": _rates, "crossing": _crossing, "checks": _checks, "scaling": _settings}
"""What is shown of a topic besides charts."""
