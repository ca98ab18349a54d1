"""What was asked for as the input, and which kind of input that is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from crossover.contract.errors import UsageError
from crossover.jobs.lines import JSON, TEXT
from crossover.jobs.runner.sources.folder import FolderInput
from crossover.jobs.runner.sources.input import CSV, STANDARD_INPUT, FileInput, Input, PipeInput

CSV_NAME = re.compile(r"\.(csv|tsv)(\.(gz|bz2|xz|zst))?$", re.IGNORECASE)
TAB = "\t"


class InputRequest(NamedTuple):
    """What was asked for as the input.

    Attributes:
        path: of a file or a folder; "-": standard input.
        text: whether lines are text.
        rows: whether it has rows of cells; a file may say so by its name.
        pattern: that the names of a folder's files match; None: any.
        delimiter: what stands between two cells of a row; None: what the name of the file says, else a comma.
    """

    path: str
    text: bool = False
    rows: bool = False
    pattern: str | None = None
    delimiter: str | None = None

    def open(self) -> Input:
        """Return the input.

        Raises:
            UsageError: options exclude each other.
            InputError: it cannot be read.
        """
        if self.text and (self.rows or self.delimiter):
            given = "--rows" if self.rows else "--delimiter"
            raise UsageError(
                f"--lines and {given} exclude each other: lines are text, or rows of cells; give one of them"
            )
        path = Path(self.path)
        if self.path != STANDARD_INPUT and path.is_dir():
            return self._folder()
        if self.pattern is not None:
            raise UsageError(f"--glob chooses among the files of a folder, and -i {self.path} is none")
        name = CSV_NAME.search(self.path)
        kind = TEXT if self.text else CSV if self.rows or self.delimiter or name else JSON
        delimiter = self.delimiter or (TAB if name and name[1].lower() == "tsv" else "")
        is_stream = self.path == STANDARD_INPUT or (path.exists() and not path.is_file())
        if is_stream:
            return PipeInput(self.path, kind, delimiter)
        return FileInput(self.path, kind, delimiter)

    def _folder(self) -> Input:
        for given, name in ((self.text, "--lines"), (self.rows, "--rows"), (self.delimiter, "--delimiter")):
            if given:
                raise UsageError(f"{name} is for a file; of the folder {self.path}, the function gets each file's path")
        if self.pattern is not None and "/" in self.pattern:
            raise UsageError(f"--glob {self.pattern!r} is not possible; allowed: a pattern of names, as in '*.py'")
        return FolderInput(self.path, self.pattern)
