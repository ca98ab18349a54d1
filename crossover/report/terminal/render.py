"""What the terminal shows: what went wrong, the task, the table and the verdict; or every topic, as on the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from crossover.report.terminal.tables.catalogue import tables
from crossover.report.topics.catalogue import outline
from crossover.report.topics.outline import Brief, Outline
from crossover.report.wording import warnings
from crossover.report.wording.answer import verdict as words
from crossover.results.difference import Difference
from crossover.results.kinds import AnyResult

INDENTED = (0, 0, 0, 2)


def render(result: AnyResult | Difference, *, full: bool = True) -> RenderableType:
    """Return what is shown of a result, or of what differs between two.

    Args:
        result: what was measured, or what differs.
        full: all sections; else what a person needs to act, where the kind of result has such a form.
    """
    shown = outline(result)
    if shown.brief is not None and not full:
        return Group(*_brief(result, shown, shown.brief))
    begin = [*_apart(shown.news), Text(shown.headline, style="bold")]
    verdict: Iterable[RenderableType] = ()
    if shown.brief is None:
        begin += shown.answer
    else:
        begin += shown.brief.opening[:-1]
        verdict = _section(words.TITLE, shown.answer)
    sections = [part for one in shown.topics for part in _section(one.title, one.notes, tables(result, one), one.after)]
    return Group(*begin, *sections, *_section(warnings.TITLE, shown.warnings), *verdict)


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
        yield Text()
        yield Text(words.TITLE, style="bold")
        yield from (Padding(sentence, INDENTED) for sentence in shown.answer)
    yield Text(words.DETAILS, style="dim")


def _apart(news: Sequence[Text]) -> Iterator[RenderableType]:
    """Return what went wrong, with an empty line after it."""
    yield from news
    if news:
        yield Text()


def _section(
    title: str, notes: Sequence[Text], tables: Sequence[RenderableType] = (), after: Sequence[Text] = ()
) -> Iterator[RenderableType]:
    """Return a section under its title; nothing where nothing is in it."""
    if notes or tables:
        yield Text()
        yield Text(title, style="bold")
        yield from (*notes, *tables, *after)
