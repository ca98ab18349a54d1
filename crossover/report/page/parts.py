"""What a page is made of: sections with sentences, charts and tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Cell:
    """A cell that is more than its words.

    Attributes:
        text: what is read.
        kind: how it is coloured: good, bad, dubious, error, nothing.
        detail: the same at greater length.
    """

    text: str
    kind: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Table:
    """A table; the first cell of a row says what the row is about.

    Attributes:
        caption: what it shows.
        headings: of the columns, with units.
        rows: for each column words, a figure, a Cell, or None where nothing is known.
    """

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True)
class Chart:
    """A chart, and everything that says the same without it.

    Attributes:
        name: of its file.
        says: what it shows, in words.
        spec: in Vega-Lite's words.
        table: its data.
    """

    name: str
    says: str
    spec: dict[str, Any]
    table: Table


@dataclass(frozen=True)
class Section:
    """A part of a result under a heading of its own."""

    title: str
    notes: Sequence[str] = ()
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
    more: Sequence[Table] = ()  # that are folded away until somebody wants them
    after: Sequence[str] = field(default=())  # notes that explain what is above
