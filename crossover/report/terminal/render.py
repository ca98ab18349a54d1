"""What a person sees in the terminal: the headline, the answer, then one topic after the other, as on the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from crossover.report.topics import outline
from crossover.report.wording import warnings
from crossover.report.wording.answer import answer, headline
from crossover.results.kinds import AnyResult


def render(result: AnyResult) -> RenderableType:
    """Return what is shown of a result."""
    return Group(
        Text(headline(result), style="bold"),
        *map(Text, answer(result)),
        *(part for topic in outline(result) for part in section(topic.title, topic.notes, topic.tables, topic.after)),
        *section(warnings.TITLE, list(warnings.troubles(result))),
    )


def section(
    title: str, notes: Sequence[Text], tables: Sequence[RenderableType] = (), after: Sequence[Text] = ()
) -> Iterator[RenderableType]:
    """Return a section under its title; nothing where nothing is in it."""
    if notes or tables:
        yield Text()
        yield Text(title, style="bold")
        yield from (*notes, *tables, *after)
