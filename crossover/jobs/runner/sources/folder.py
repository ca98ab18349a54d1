"""The files of a folder: each is a line, whose value is its path."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import islice

from crossover.jobs.runner.sources.batches import Batch
from crossover.jobs.runner.sources.input import FOLDER, Input
from workloads.base import InputError

EVERY = "*"
TOGETHER = 1_000  # paths of a batch


class FolderInput(Input):
    """All regular files below a folder, sorted; its links to other folders are not followed.

    Args:
        path: of the folder.
        pattern: that names of files match, as in "*.py".

    Raises:
        InputError: it has no such file, or cannot be read.
    """

    def __init__(self, path: str, pattern: str | None) -> None:
        super().__init__(path, FOLDER)
        self._pattern = pattern or EVERY
        self.head, self.size = self._digest()
        if not self.size:
            which = "no file" if pattern is None else f"no file whose name matches {pattern!r}"
            raise InputError(f"folder {path} has {which} in it, nor below it")

    def batches(self) -> Iterator[Batch]:
        """Return the path of each file, as JSON: a name may have any byte in it."""
        paths = self._paths(self.path)
        while batch := [json.dumps(path).encode() for path in islice(paths, TOGETHER)]:
            yield batch

    def lines(self, lines: int, size: int) -> int | None:
        """Return how many files it has."""
        return self.size

    def change(self) -> str:
        """Return what has happened to the names."""
        head, size = self._digest()
        if head == self.head:
            return ""
        return f"has other files ({self.size:,} before, {size:,} now)"

    def _digest(self) -> tuple[str, int]:
        digest, count = hashlib.sha256(), 0
        for path in self._paths(self.path):
            digest.update(os.fsencode(os.path.relpath(path, self.path)) + b"\0")
            count += 1
        return digest.hexdigest(), count

    def _paths(self, folder: str) -> Iterator[str]:
        """Yield paths, folder by folder: only the names of one folder, and of those above it, are in memory."""
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            raise InputError(f"folder {folder} cannot be read: {error.strerror}") from None
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from self._paths(entry.path)
            elif fnmatchcase(entry.name, self._pattern) and entry.is_file():
                yield entry.path
