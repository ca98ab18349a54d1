"""Rows of a CSV file as lines of JSON: an object each, whose names are those of the header."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import msgspec

from crossover.jobs.runner.sources.batches import Batch, Unreadable
from workloads.base import InputError
from workloads.custom.json_text import LONGEST

USUAL, OTHERS = ",", {";": ";", "\t": "tab", "|": "|"}
"""What stands between two cells, and what else often does → how --delimiter names it."""
TOO_LARGE = "field larger"  # how the message of the standard library begins


class _Lines:
    """Lines of text for csv.reader.

    Attributes:
        number: of the last one.
        garbled: whether one since the last row is not UTF-8.
        batch_is_over: whether there is none left that has come already.
        ended: whether all were read.

    Args:
        batches: of lines.
        place: of the input, for messages.
    """

    def __init__(self, batches: Iterator[Batch], place: str) -> None:
        self.number = 0
        self.garbled = False
        self.ended = False
        self._batches, self._place = batches, place
        self._lines: Iterator[bytes] = iter(())
        self._left = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        while not self._left:
            batch = next(self._batches, None)
            if batch is None:
                self.ended = True
                raise StopIteration
            if isinstance(batch, Unreadable):
                raise InputError(f"{self._place}, line {self.number + 1:,} {batch.why}")
            self._lines, self._left = iter(batch), len(batch)
        self._left -= 1
        self.number += 1
        line = next(self._lines) + b"\n"
        try:
            return line.decode()
        except UnicodeDecodeError:
            self.garbled = True
            return line.decode(errors="replace")

    @property
    def batch_is_over(self) -> bool:
        return not self._left


def row_batches(batches: Iterator[Batch], place: str, delimiter: str) -> Iterator[Batch]:
    """Yield the rows below the header, as lines of JSON; blank lines are no rows.

    Args:
        batches: of lines.
        place: of the input, for messages.
        delimiter: what stands between two cells; "": a comma, unless the header shows that it is none.

    Raises:
        InputError: the header cannot be used, or a quote is not closed.
    """
    lines = _Lines(batches, place)
    header: list[str] = []
    rows: list[bytes] = []
    for first, cells, problem in _rows(lines, place, delimiter or USUAL):
        if not header:
            header = _header(cells, problem, f"{place}, line {first:,}")
            if not delimiter:
                _refuse_another_delimiter(header, f"{place}, line {first:,}")
        elif problem or len(cells) != len(header):
            if rows:
                yield rows
                rows = []
            counts = f"has {_cells(len(cells))}, and the header has {_cells(len(header))}"
            yield Unreadable(problem or counts, first)
        else:
            rows.append(msgspec.json.encode(dict(zip(header, cells, strict=True))))
        if rows and lines.batch_is_over:
            yield rows
            rows = []
    if rows:
        yield rows


def _rows(lines: _Lines, place: str, delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """Yield of each row the number of its first line, its cells, and why it cannot be read."""
    csv.field_size_limit(LONGEST)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        first = lines.number + 1
        lines.garbled = False
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if lines.ended or str(error).startswith(TOO_LARGE):
                raise InputError(f"{place}, line {first:,}: a quote that is opened there is not closed") from None
            yield first, [], f"is no row of CSV ({error})"
        else:
            if cells:
                yield first, cells, "is not UTF-8" if lines.garbled else ""


def _header(cells: list[str], problem: str, where: str) -> list[str]:
    if problem:
        raise InputError(f"{where}, which should name the columns, {problem}")
    twice = next((name for place, name in enumerate(cells) if name in cells[:place]), None)
    if twice is not None:
        raise InputError(f"{where} names the columns, and has {twice!r} twice: give each a name of its own")
    return cells


def _refuse_another_delimiter(header: list[str], where: str) -> None:
    if len(header) == 1 and (found := max(OTHERS, key=header[0].count)) in header[0]:
        name = OTHERS[found]
        raise InputError(
            f"{where} names one column, {header[0]!r}: if {name} stands between cells, say so with --delimiter "
            f"'{name}'; if not, with --delimiter ','"
        )


def _cells(count: int) -> str:
    return f"{count:,} cell{'' if count == 1 else 's'}"
