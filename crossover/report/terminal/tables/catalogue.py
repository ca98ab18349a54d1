"""Which tables the terminal shows under a topic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rich.text import Text

from crossover.report.terminal.layout.columns import Column
from crossover.report.terminal.layout.grid import Grid, SideBySide
from crossover.report.terminal.tables.cases import cases
from crossover.report.terminal.tables.comparison.backlogs import backlogs
from crossover.report.terminal.tables.comparison.costs import costs
from crossover.report.terminal.tables.comparison.crossing import checks, crossing
from crossover.report.terminal.tables.comparison.hops import hops
from crossover.report.terminal.tables.comparison.latency import latency, loads
from crossover.report.terminal.tables.comparison.overview import overview
from crossover.report.terminal.tables.comparison.payload_sizes import payload_sizes
from crossover.report.terminal.tables.comparison.throughput import throughput
from crossover.report.terminal.tables.comparison.windows import windows
from crossover.report.terminal.tables.counters import counters
from crossover.report.terminal.tables.safety import matrix, safety_costs
from crossover.report.terminal.tables.scaling import scaling, scaling_curves
from crossover.report.terminal.tables.series import series
from crossover.report.topics.outline import STYLES, Cell, Subject, Table, Topic
from crossover.report.wording.figures import figure

Tables = Sequence[Grid | SideBySide]

TABLES: Mapping[Subject | None, Callable[[Any], Tables]] = {
    Subject.OVERVIEW: overview,
    Subject.CURVES: scaling_curves,
    Subject.THROUGHPUT: throughput,
    Subject.LATENCY: latency,
    Subject.RATE: loads,
    Subject.LOADS: loads,
    Subject.HOPS: hops,
    Subject.COSTS: costs,
    Subject.CROSSING: crossing,
    Subject.CHECKS: checks,
    Subject.BACKLOGS: backlogs,
    Subject.WINDOWS: windows,
    Subject.PAYLOAD_SIZES: payload_sizes,
    Subject.SAFETY_COSTS: safety_costs,
    Subject.MATRIX: matrix,
    Subject.COUNTERS: counters,
    Subject.CASES: cases,
    Subject.SERIES: series,
}


def tables(result: Any, topic: Topic) -> Tables:
    """Return the tables of a topic: those that are made for its subject, else its own."""
    if topic.law is not None:
        return scaling(result, topic.law)
    if topic.subject in TABLES:
        return TABLES[topic.subject](result)
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
