"""A console whose reader may close the pipe."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from crossover.report.descriptors import discard


class PipeSafeConsole(Console):
    """Stops writing when the pipe is closed; the runs go on. Writes names and messages as they are: no `:fire:` burns.

    Args:
        options: of `rich.console.Console`.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(emoji=False, **options)

    def on_broken_pipe(self) -> None:
        """Be quiet; Rich would end the process."""
        self.quiet = True
        discard(self.file)
