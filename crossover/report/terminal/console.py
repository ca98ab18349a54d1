"""A console whose reader may close the pipe."""

from __future__ import annotations

from rich.console import Console

from crossover.report.descriptors import discard


class PipeSafeConsole(Console):
    """Stops writing when the pipe is closed; the runs go on."""

    def on_broken_pipe(self) -> None:
        """Be quiet; Rich would end the process."""
        self.quiet = True
        discard(self.file)
