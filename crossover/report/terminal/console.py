"""The console that everything is shown on: its reader may close the pipe, and what is shown may be anybody's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from crossover.contract.text import readable
from crossover.report.descriptors import discard


class PipeSafeConsole(Console):
    """Stops writing when the pipe is closed; the runs go on.

    Writes names and messages as they are: no `:fire:` burns, no `[link]` leads anywhere, and control characters are
    escaped, so that a terminal obeys none.

    Args:
        options: of `rich.console.Console`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(emoji=False, markup=False, **options)

    def on_broken_pipe(self) -> None:
        """Be quiet; Rich would end the process."""
        self.quiet = True
        discard(self.file)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Return the pieces to write; what no terminal should obey is escaped."""
        for piece in super().render(renderable, options):
            if piece.control or piece.text.isprintable():
                yield piece
            else:
                yield Segment(readable(piece.text), piece.style)
