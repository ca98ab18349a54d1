"""What the terminal shows: the headline, the answer, then one topic after the other, as on the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from crossover.report.terminal.tables.catalogue import tables
from crossover.report.topics.catalogue import outline
from crossover.report.wording import warnings
from crossover.results.difference import Difference
from crossover.results.kinds import AnyResult


def render(result: AnyResult | Difference) -> RenderableType:
    """Return what is shown of a result, or of what differs between two."""
    shown = outline(result)
    sections = [part for one in shown.topics for part in _section(one.title, one.notes, tables(result, one), one.after)]
    warned = _section(warnings.TITLE, shown.warnings)
    return Group(Text(shown.headline, style="bold"), *shown.answer, *sections, *warned)


def _section(
    title: str, notes: Sequence[Text], tables: Sequence[RenderableType] = (), after: Sequence[Text] = ()
) -> Iterator[RenderableType]:
    """Return a section under its title; nothing where nothing is in it."""
    if notes or tables:
        yield Text()
        yield Text(title, style="bold")
        yield from (*notes, *tables, *after)
