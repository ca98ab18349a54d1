"""The parts of a report, without the form that they take: text, terminal or page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from rich.text import Text

from crossover.report.wording.frame import Frame, english
from crossover.results.conclusions.findings import Law

SENTENCES = 3  # of an answer, at most; those for each group count as one
STYLES = {
    "good": "bold green",
    "dubious": "bold yellow",
    "misleading": "bold magenta",
    "bad": "bold red",
    "nothing": "bold dim",
}
"""Kind of a cell that is a verdict → its colour in the terminal."""


class Subject(StrEnum):
    """What a topic is about, where the terminal has tables or the page has charts of their own for it."""

    OVERVIEW = "overview"
    CURVES = "curves"
    THROUGHPUT = "throughput"
    LATENCY = "latency"
    RATE = "latency at a rate"
    LOADS = "latency against load"
    HOPS = "hops"
    COSTS = "costs"
    CROSSING = "crossing"
    CHECKS = "checks"
    BACKLOGS = "backlogs"
    WINDOWS = "windows"
    PAYLOAD_SIZES = "payload sizes"
    SCALING = "scaling"
    SAFETY_COSTS = "safety costs"
    MATRIX = "matrix"
    COUNTERS = "counters"
    CASES = "cases"
    SERIES = "series"


@dataclass(frozen=True)
class Cell:
    """A cell with a colour and a tooltip.

    Attributes:
        text: what is read.
        kind: its colour: good, bad, dubious, misleading, error, nothing.
        detail: the same at greater length.
    """

    text: str
    kind: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Table:
    """A table of data; the first cell of a row names the row.

    Attributes:
        caption: what it shows.
        headings: of the columns, with units.
        rows: for each column a word, a figure, a Cell, or None for what is not known.
    """

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True)
class Block:
    """What is told of one thing in a few sentences.

    Attributes:
        name: what it is about.
        verdict: on it, with its colour.
        sentences: each with its label.
        code: lines of Python that it speaks of.
        code_title: what they are called.
    """

    name: str
    verdict: Cell
    sentences: Sequence[tuple[str, str]]
    code: str = ""
    code_title: str = "Code"


@dataclass(frozen=True)
class Topic:
    """A part of a result under a title of its own.

    Attributes:
        title: its heading.
        subject: by which the terminal finds its tables and the page its charts.
        notes: sentences above tables and charts.
        after: sentences below them, which explain them.
        table: shown where the terminal has no tables, or the page no charts, for the subject.
        law: of the transport that it is about, where it is about one.
        blocks: what is told of one thing after the other.
    """

    title: str
    subject: Subject | None = None
    notes: Sequence[Text] = ()
    after: Sequence[Text] = ()
    table: Table | None = None
    law: Law | None = None
    blocks: Sequence[Block] = ()


@dataclass(frozen=True)
class Brief:
    """What is shown of a result between what went wrong and the verdict, where not everything is.

    Attributes:
        opening: what the task is, and last what was measured.
        topic: the one with the table.
        warnings: the few that matter for the verdict.
    """

    opening: Sequence[Text]
    topic: Topic
    warnings: Sequence[Text] = ()


@dataclass(frozen=True)
class Outline:
    """Everything that a report shows of one result.

    Attributes:
        headline: what was measured.
        answer: the verdict, or the most important sentences; empty if nothing can be concluded.
        topics: the rest, in the order in which it is shown.
        warnings: what is doubtful, what went wrong, what was skipped.
        provenance: name → value, of the command, the host and the versions.
        news: what failed, was lost or hung, in red; empty if nothing did. It is shown before everything else.
        brief: what the terminal shows of it without --full; None: everything.
        frame: the words around it.
    """

    headline: str
    answer: Sequence[Text]
    topics: Sequence[Topic]
    warnings: Sequence[Text]
    provenance: Sequence[tuple[str, str]] = ()
    news: Sequence[Text] = ()
    brief: Brief | None = None
    frame: Frame = field(default_factory=english)


def texts(sentences: Iterable[str | Text]) -> list[Text]:
    """Return the sentences that are not empty, as text."""
    return [sentence if isinstance(sentence, Text) else Text(sentence) for sentence in sentences if sentence]


def opening(sentences: Iterable[str | Text], groups: Iterable[str] = ()) -> list[Text]:
    """Return an answer: one sentence for each group of transports, then others as long as the answer is short.

    Args:
        sentences: the most important first; empty ones are left out.
        groups: what stands before them, and counts as one of them.
    """
    first = texts(groups)
    return [*first, *texts(sentences)[: SENTENCES - bool(first)]]
