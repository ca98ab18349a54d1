"""Which tables the terminal shows under a topic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from rich.text import Text

from crossover.report.terminal.layout.columns import Column
from crossover.report.terminal.layout.grid import Grid, SideBySide
from crossover.report.topics.outline import STYLES, Cell, Subject, Table, Topic
from crossover.report.wording.figures import figure
from workloads.base import resolve

Tables = Sequence[Grid | SideBySide]

SCALING = "crossover.report.terminal.tables.scaling:scaling"
TABLES: Mapping[Subject | None, str] = {
    Subject.OVERVIEW: "crossover.report.terminal.tables.comparison.overview:overview",
    Subject.CURVES: "crossover.report.terminal.tables.scaling:scaling_curves",
    Subject.THROUGHPUT: "crossover.report.terminal.tables.comparison.throughput:throughput",
    Subject.LATENCY: "crossover.report.terminal.tables.comparison.latency:latency",
    Subject.RATE: "crossover.report.terminal.tables.comparison.latency:loads",
    Subject.LOADS: "crossover.report.terminal.tables.comparison.latency:loads",
    Subject.HOPS: "crossover.report.terminal.tables.comparison.hops:hops",
    Subject.COSTS: "crossover.report.terminal.tables.comparison.costs:costs",
    Subject.CROSSING: "crossover.report.terminal.tables.comparison.crossing:crossing",
    Subject.CHECKS: "crossover.report.terminal.tables.comparison.crossing:checks",
    Subject.BACKLOGS: "crossover.report.terminal.tables.comparison.backlogs:backlogs",
    Subject.WINDOWS: "crossover.report.terminal.tables.comparison.windows:windows",
    Subject.PAYLOAD_SIZES: "crossover.report.terminal.tables.comparison.payload_sizes:payload_sizes",
    Subject.SAFETY_COSTS: "crossover.report.terminal.tables.safety:safety_costs",
    Subject.MATRIX: "crossover.report.terminal.tables.safety:matrix",
    Subject.COUNTERS: "crossover.report.terminal.tables.counters:counters",
    Subject.CASES: "crossover.report.terminal.tables.cases:cases",
    Subject.SERIES: "crossover.report.terminal.tables.series:series",
}
"""Each is imported on use."""


def tables(result: Any, topic: Topic) -> Tables:
    """Return the tables of a topic: those that are made for its subject, else its own."""
    if topic.law is not None:
        scaling: Callable[..., Tables] = resolve(SCALING)
        return scaling(result, topic.law)
    if topic.subject in TABLES:
        return cast("Tables", resolve(TABLES[topic.subject])(result))
    return [] if topic.table is None else [_plain(topic.table)]


def _plain(table: Table) -> Grid:
    """Return a table as it is, without drawings."""
    columns = [
        Column(heading, [_word(row[number]) for row in table.rows], left=isinstance(table.rows[0][number], str | Cell))
        for number, heading in enumerate(table.headings)
    ]
    return Grid(columns, caption=table.caption)


def _word(value: object) -> str | Text:
    if value is None:
        return "-"
    if isinstance(value, Cell):
        return Text(value.text, STYLES.get(value.kind, ""))
    return figure(value) if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
