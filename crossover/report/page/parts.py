"""The parts of a page: sections with sentences, charts and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from crossover.report.topics.outline import Block, Table


@dataclass(frozen=True)
class Chart:
    """A chart, and everything that says the same without it.

    Attributes:
        name: of its file.
        says: what it shows, in words.
        spec: its Vega-Lite specification.
        table: its data.
        explained: how it is read, where its caption does not say it.
    """

    name: str
    says: str
    spec: dict[str, Any]
    table: Table
    explained: str = ""


@dataclass(frozen=True)
class Told:
    """A block of sentences, and the charts that belong to it."""

    block: Block
    charts: Sequence[Chart] = ()


@dataclass(frozen=True)
class Section:
    """A part of a result under a heading of its own."""

    title: str
    notes: Sequence[str] = ()
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
    more: Sequence[Table] = ()  # folded away until the reader opens them
    after: Sequence[str] = field(default=())  # notes that explain what is above
    told: Sequence[Told] = ()

    @property
    def all_charts(self) -> list[Chart]:
        """Its charts, and those of its blocks."""
        return [*self.charts, *(chart for one in self.told for chart in one.charts)]
