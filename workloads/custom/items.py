"""The items of a user's function: JSON, with one value a line, or one array."""

from __future__ import annotations

import json
import os
import pickle
import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import IO, Any

from workloads.base import InputError
from workloads.custom.copies import collection_paused
from workloads.custom.input_stream import opened, place
from workloads.custom.json_array import array_elements
from workloads.custom.json_text import DECODER, LONGEST, TOO_LONG, NotPossible, check_depth, problem_of

TOGETHER = 256  # items that are pickled together
MOST_BYTES = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 8  # of pickled items; objects are larger
PLAIN_TEXT = re.compile(r"\s*(?!(?:true|false|null|NaN|Infinity)\b)[^\W\d]")
Lines = Iterator[tuple[int, bytes]]
"""Lines that are not blank, each with its number."""


class Items:
    """The items that are used, pickled: they travel to every producer, which makes objects only of those it uses.

    Attributes:
        remark: what was recognised in the input; "" for plain JSON lines.

    Args:
        values: the items.
        remark: as above.
        most: how many are used.

    Raises:
        InputError: they have more bytes.
    """

    def __init__(self, values: Iterator[Any], remark: str, most: int | None) -> None:
        self.remark = remark
        self._parts: list[bytes] = []
        self._count = size = 0
        used = islice(values, most)
        while part := list(islice(used, TOGETHER)):
            self._parts.append(pickle.dumps(part, pickle.HIGHEST_PROTOCOL))
            self._count += len(part)
            size += len(self._parts[-1])
            if size > MOST_BYTES:
                raise InputError(f"after {self._count:,} items the input is too large for memory: -n N reads N of them")

    def __len__(self) -> int:
        """Return how many there are."""
        return self._count

    def first(self, count: int) -> list[Any]:
        """Return new copies of the first items, or of all if there are fewer."""
        parts = self._parts[: -(-count // TOGETHER)]
        with collection_paused():
            return list(chain.from_iterable(map(pickle.loads, parts)))[:count]


def read_items(path: str, most: int | None = None) -> Items:
    """Read the items of a file: JSON lines, of which blank ones are ignored, or one array; it may be compressed.

    Args:
        path: the file; "-" is standard input.
        most: how many are used; what follows them is not read.

    Raises:
        InputError: the file is missing, unreadable, empty or no text, or a line, given by its number, is no item.
    """
    name = place(path)
    with opened(path) as (stream, compression):
        is_array, values = _values(stream, name)
        found = [*([compression] if compression else []), *(["a JSON array, whose elements are the items"] * is_array)]
        remark = f"{name} is read as {', '.join(found)}" if found else ""
        items = Items(values, remark, most)
    if not items:
        what = "an empty JSON array" if is_array else "empty"
        raise InputError(f"{name} is {what}: one JSON value per line is expected, or an array of them")
    return items


def _values(stream: IO[bytes], name: str) -> tuple[bool, Iterator[Any]]:
    """Return whether the input is one array of items, and the items.

    An array that is the only line is one of items. Where other lines follow it, it is the first item.
    """
    lines = _lines(stream)
    first = list(islice(lines, 1))
    if not first or not first[0][1].lstrip().startswith(b"["):
        return False, _values_of_lines(chain(first, lines), name)
    ((number, line),) = first
    second = list(islice(lines, 1))
    if second and len(line) <= LONGEST and _is_value(line):
        return False, _values_of_lines(chain(first, second, lines), name)
    text = b"\n" * (number - 1) + line
    for later, following in second:
        text += (b"\n" * (later - number - 1) if line.endswith(b"\n") else b"") + following
    return True, array_elements(text, stream, name)


def _lines(stream: IO[bytes]) -> Lines:
    """Return the lines; one that is too long comes in parts."""
    number = 0
    while line := stream.readline(LONGEST + 1):
        number += 1
        if not line.isspace():
            yield number, line


def _is_value(line: bytes) -> bool:
    try:
        json.loads(line)
    except RecursionError:
        return True
    except ValueError:
        return False
    return True


def _values_of_lines(lines: Lines, name: str) -> Iterator[Any]:
    for number, line in lines:
        try:
            yield _value(line)
        except NotPossible as problem:
            raise InputError(f"{name}, line {number:,}: {problem}") from None


def _value(line: bytes) -> Any:
    if len(line) > LONGEST:
        raise NotPossible(TOO_LONG)
    try:
        text = line.decode()
        value = DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise NotPossible(f"not JSON ({error.msg}, column {error.colno}){_way_out(text, error.pos)}") from None
    except (RecursionError, ValueError) as error:
        raise problem_of(error) from None
    check_depth(value, line.count(b"[") + line.count(b"{"))
    return value


def _way_out(text: str, position: int) -> str:
    """Return what to do about a line that is not JSON from a position on."""
    if PLAIN_TEXT.match(text):
        return ": plain text becomes items by jq -R ."
    if position < len(text.rstrip()):
        return ": expected is one JSON value a line, or one JSON array"
    if not text.endswith("\n"):
        return ": the input ends in the middle of it"
    return ": the value goes on in the next line; jq -c . puts each on one line"
