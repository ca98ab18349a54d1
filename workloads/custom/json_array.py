"""A JSON array, element by element: what is not used is not read."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import IO, Any

from workloads.base import InputError
from workloads.custom.input_stream import BUFFER
from workloads.custom.json_text import DECODER, LONGEST, TOO_LONG, NotPossible, check_depth, problem_of

NEAR_THE_END = (
    16  # characters of a text of which more will be read: there an error, or the end of a number, says nothing
)
BLANK = re.compile(r"[ \t\r\n]*")


def array_elements(beginning: bytes, stream: IO[bytes], place: str) -> Iterator[Any]:
    """Read the elements of an array.

    Args:
        beginning: of the array.
        stream: what follows.
        place: what the input is called in messages.

    Raises:
        InputError: an element, given by its number and line, is not possible, or the array does not end.
    """
    reader = _Reader(stream)
    try:
        reader.append(beginning)
        yield from reader.elements()
    except NotPossible as problem:
        element = f", element {reader.element:,}" if reader.element else ""
        raise InputError(f"{place}, line {reader.line:,}{element}: {problem}") from None


class _Reader:
    """Reads an array.

    Attributes:
        line: where it is.
        element: number of the current element; 0 before and after them.

    Args:
        stream: what follows the text that is appended.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self.line = 1
        self.element = 0
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._text = ""
        self._position = 0
        self._ended = False

    def append(self, data: bytes) -> None:
        """Append to the text what has been read."""
        try:
            self._text = self._text[self._position :] + self._decoder.decode(data, self._ended)
        except UnicodeDecodeError as error:
            self.line += self._text.count("\n", self._position) + error.object.count(b"\n", 0, error.start)
            raise problem_of(error) from None
        self._position = 0

    def elements(self) -> Iterator[Any]:
        """Read all elements, and see that nothing follows."""
        self._next()
        self._step(self._position + 1)  # the opening bracket
        if self._next() == "]":
            self._step(self._position + 1)
        else:
            mark = ","
            while mark == ",":
                self.element += 1
                yield self._value()
                mark = self._mark()
        self.element = 0
        if self._next():
            raise NotPossible("something follows the JSON array: expected is one array, or one JSON value a line")

    def _value(self) -> Any:
        self._next()
        while True:
            text, begin = self._text, self._position
            try:
                value, end = DECODER.raw_decode(text, begin)
            except json.JSONDecodeError as error:
                cut_off = error.msg.startswith("Unterminated") or error.pos > len(text) - NEAR_THE_END
                if cut_off and self._more():
                    continue
                self._step(error.pos)
                what = "the input ends in the middle of it" if error.pos >= len(text) else f"not JSON ({error.msg})"
                raise NotPossible(what) from None
            except (RecursionError, ValueError) as error:
                raise problem_of(error) from None
            if end + NEAR_THE_END < len(text) or not self._more():
                check_depth(value, text.count("[", begin, end) + text.count("{", begin, end))
                self._step(end)
                return value

    def _mark(self) -> str:
        """Return what follows an element: a comma or the closing bracket."""
        mark = self._next()
        if mark not in {",", "]"}:
            after = f"{mark!r} follows it" if mark else "the input ends after it"
            raise NotPossible(f"{after}; expected is a comma, or the ] that ends the array")
        self._step(self._position + 1)
        return mark

    def _next(self) -> str:
        """Go to the next character that is not blank, and return it; "" at the end."""
        while True:
            blank = BLANK.match(self._text, self._position)
            self._step(blank.end() if blank else self._position)
            if self._position < len(self._text) or not self._more():
                return self._text[self._position : self._position + 1]

    def _step(self, position: int) -> None:
        self.line += self._text.count("\n", self._position, position)
        self._position = position

    def _more(self) -> bool:
        """Read on, and return whether there was more: as much as is waiting, so a long element is not decoded often."""
        waiting = len(self._text) - self._position
        if self._ended:
            return False
        if waiting > LONGEST:
            raise NotPossible(TOO_LONG)
        data = self._stream.read(max(BUFFER, waiting))
        self._ended = not data
        self.append(data)
        return True
