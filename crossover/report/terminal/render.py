"""What the terminal shows: what went wrong, the task, the table and the verdict; or every topic, as on the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from crossover.report.terminal.layout.paragraph import Paragraph
from crossover.report.terminal.layout.told import Told
from crossover.report.terminal.tables.catalogue import tables
from crossover.report.topics.catalogue import outline
from crossover.report.topics.outline import Brief, Outline, Topic
from crossover.results.conclusions.difference import Difference
from crossover.results.kinds import AnyResult

INDENT = 2  # columns before each sentence of a short verdict


def render(result: AnyResult | Difference, *, full: bool = True) -> RenderableType:
    """Return what is shown of a result, or of what differs between two.

    Args:
        result: what was measured, or what differs.
        full: all sections; else what a person needs to act, where the kind of result has such a form.
    """
    shown = outline(result)
    parts = _all(result, shown) if full or shown.brief is None else _brief(result, shown, shown.brief)
    return Group(*(Paragraph(part) if isinstance(part, Text) else part for part in parts))


def _all(result: AnyResult | Difference, shown: Outline) -> Iterator[RenderableType]:
    """Return every topic; the verdict is last, where there is one, else the answer is first."""
    yield from _apart(shown.news)
    yield Text(shown.headline, style="bold")
    yield from shown.answer if shown.brief is None else shown.brief.opening[:-1]
    for one in shown.topics:
        yield from _section(one.title, _parts(result, one))
    yield from _section(shown.frame.warnings, shown.warnings)
    if shown.brief is not None:
        yield from _section(shown.frame.verdict, [Paragraph(sentence, hanging=True) for sentence in shown.answer])


def _brief(result: AnyResult | Difference, shown: Outline, brief: Brief) -> Iterator[RenderableType]:
    """Return bad news first, then the task, the table, the warnings that matter, and the verdict last."""
    yield from _apart(shown.news)
    yield from brief.opening
    if brief.topic.notes:
        yield Text()
        yield from brief.topic.notes
    if found := tables(result, brief.topic):
        yield Text()
        yield from found
    yield from brief.topic.after
    if brief.warnings:
        yield Text()
        yield from brief.warnings
    if shown.answer:
        sentences = [Paragraph(sentence, INDENT, hanging=True) for sentence in shown.answer]
        yield from _section(shown.frame.verdict, sentences)
    yield Text(shown.frame.details, style="dim")


def _apart(news: Sequence[Text]) -> Iterator[RenderableType]:
    """Return what went wrong, with an empty line after it."""
    yield from news
    if news:
        yield Text()


def _parts(result: AnyResult | Difference, topic: Topic) -> list[RenderableType]:
    """Return what is shown of a topic; what only explains the rest is nothing by itself."""
    parts = [*topic.notes, *tables(result, topic), *map(Told, topic.blocks)]
    return [*parts, *topic.after] if parts else []


def _section(title: str, parts: Iterable[RenderableType]) -> Iterator[RenderableType]:
    """Return a section under its title; nothing where nothing is in it."""
    found = list(parts)
    if found:
        yield Text()
        yield Text(title, style="bold")
        yield from found
