"""A console that nobody has to read."""

from __future__ import annotations

import os
from typing import IO

from rich.console import Console


class PipeSafeConsole(Console):
    """Writes nothing more where nobody reads any more; the runs go on."""

    def on_broken_pipe(self) -> None:
        """Be quiet; Rich would end the process."""
        self.quiet = True
        give_up(self.file)


def give_up(stream: IO[str]) -> None:
    """Let what is still to be written vanish: flushing it at the end would fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
