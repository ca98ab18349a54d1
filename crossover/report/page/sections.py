"""What the page shows of a result: the topics that every form has, with charts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.text import Text

from crossover.report.page.charts.backlogs import backlogs
from crossover.report.page.charts.changes import changes, table_without_chart
from crossover.report.page.charts.claims import pictures
from crossover.report.page.charts.costs import costs
from crossover.report.page.charts.counters import counters
from crossover.report.page.charts.hops import hops
from crossover.report.page.charts.latency import latencies, load_table, loads
from crossover.report.page.charts.losses import losses
from crossover.report.page.charts.payload_sizes import payload_sizes
from crossover.report.page.charts.scaling import scaling
from crossover.report.page.charts.series import series, tables_without_chart
from crossover.report.page.charts.throughput import throughput
from crossover.report.page.charts.windows import windows
from crossover.report.page.matrix import matrix, reasons
from crossover.report.page.parts import Chart, Section, Told
from crossover.report.topics.catalogue import outline
from crossover.report.topics.outline import Outline, Subject, Table, Topic
from crossover.results.comparison import Result
from crossover.results.conclusions.difference import Difference
from crossover.results.kinds import AnyResult

CHARTS: Mapping[Subject | None, Callable[[Any], Iterable[Chart]]] = {
    Subject.THROUGHPUT: throughput,
    Subject.BACKLOGS: backlogs,
    Subject.PAYLOAD_SIZES: payload_sizes,
    Subject.LATENCY: latencies,
    Subject.RATE: latencies,
    Subject.LOADS: loads,
    Subject.WINDOWS: windows,
    Subject.HOPS: hops,
    Subject.COSTS: costs,
    Subject.SAFETY_COSTS: losses,
    Subject.COUNTERS: counters,
    Subject.CASES: changes,
    Subject.SERIES: series,
}
TABLES: Mapping[Subject | None, Callable[[Any], Iterable[Table]]] = {
    Subject.RATE: lambda result: [load_table(result)],
    Subject.MATRIX: lambda result: [matrix(result)],
    Subject.CASES: table_without_chart,
    Subject.SERIES: tables_without_chart,
}
"""What is shown of a topic in addition to its charts."""
FOLDED: Mapping[Subject | None, Callable[[Any], Table]] = {Subject.MATRIX: reasons}
"""What is shown of a topic when the reader opens it."""


def sections(result: AnyResult | Difference, shown: Outline | None = None) -> list[Section]:
    """Return a section for each topic that has something to show.

    Args:
        result: a result, or what is different between some.
        shown: its outline, where that is known already.
    """
    found = [*_all_curves(result), *(_section(result, topic) for topic in (shown or outline(result)).topics)]
    return [one for one in found if one.notes or one.charts or one.tables or one.told]


def _all_curves(result: Any) -> Iterator[Section]:
    """Yield the section of all transports with several numbers of workers, before those of each."""
    if charts := list(scaling(result)) if isinstance(result, Result) else []:
        yield Section("Scaling", charts=charts, after=[chart.explained for chart in charts])


def _section(result: Any, topic: Topic) -> Section:
    charts = list(_charts(result, topic))
    explained = [chart.explained for chart in charts if chart.explained]
    folded = [FOLDED[topic.subject](result)] if topic.subject in FOLDED else []
    return Section(
        topic.title,
        plain(topic.notes),
        charts,
        list(_tables(result, topic)),
        [table for table in folded if table.rows],
        [*explained, *plain(topic.after)],
        [Told(one, list(pictures(result, one.name))) for one in topic.blocks],  # only claims have them
    )


def _charts(result: Any, topic: Topic) -> Iterable[Chart]:
    return CHARTS[topic.subject](result) if topic.subject in CHARTS else []


def _tables(result: Any, topic: Topic) -> Iterator[Table]:
    yield from [] if topic.table is None else [topic.table]
    yield from TABLES[topic.subject](result) if topic.subject in TABLES else []


def plain(sentences: Sequence[Text]) -> list[str]:
    """Return sentences without their colours."""
    return [sentence.plain for sentence in sentences]
