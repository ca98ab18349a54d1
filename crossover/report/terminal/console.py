"""A console whose reader may close the pipe."""

from __future__ import annotations

import os
from typing import IO

from rich.console import Console


class PipeSafeConsole(Console):
    """Stops writing when the pipe is closed; the runs go on."""

    def on_broken_pipe(self) -> None:
        """Be quiet; Rich would end the process."""
        self.quiet = True
        give_up(self.file)


def give_up(stream: IO[str]) -> None:
    """Discard what is still to be written: flushing it at the end would fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
