"""What was asked for as the input, and which kind of input that is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from crossover.contract.errors import UsageError
from crossover.jobs.lines import JSON, TEXT
from crossover.jobs.runner.sources.folder import FolderInput
from crossover.jobs.runner.sources.input import CSV, STANDARD_INPUT, FileInput, Input, PipeInput

CSV_NAME = re.compile(r"\.csv(\.(gz|bz2|xz|zst))?$", re.IGNORECASE)


class InputRequest(NamedTuple):
    """What was asked for as the input.

    Attributes:
        path: of a file or a folder; "-": standard input.
        text: whether lines are text.
        rows: whether it has rows of cells; a file may say so by its name.
        pattern: that the names of a folder's files match; None: any.
    """

    path: str
    text: bool = False
    rows: bool = False
    pattern: str | None = None

    def open(self) -> Input:
        """Return the input.

        Raises:
            UsageError: options exclude each other.
            InputError: it cannot be read.
        """
        if self.text and self.rows:
            raise UsageError(
                "--lines and --rows exclude each other: lines are text, or rows of cells; give one of them"
            )
        path = Path(self.path)
        if self.path != STANDARD_INPUT and path.is_dir():
            return self._folder()
        if self.pattern is not None:
            raise UsageError(f"--glob chooses among the files of a folder, and -i {self.path} is none")
        kind = TEXT if self.text else CSV if self.rows or CSV_NAME.search(self.path) else JSON
        is_stream = self.path == STANDARD_INPUT or (path.exists() and not path.is_file())
        return PipeInput(self.path, kind) if is_stream else FileInput(self.path, kind)

    def _folder(self) -> Input:
        for given, name in ((self.text, "--lines"), (self.rows, "--rows")):
            if given:
                raise UsageError(f"{name} is for a file; of the folder {self.path}, the function gets each file's path")
        if self.pattern is not None and "/" in self.pattern:
            raise UsageError(f"--glob {self.pattern!r} is not possible; allowed: a pattern of names, as in '*.py'")
        return FolderInput(self.path, self.pattern)
