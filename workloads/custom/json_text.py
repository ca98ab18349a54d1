"""JSON text: what Python reads of it that can be an item, and what is wrong with the rest, in a sentence."""

from __future__ import annotations

import json
from typing import Any

LONGEST = 64 * 2**20  # bytes of one item
TOO_LONG = f"longer than {LONGEST >> 20} MiB: keep large data in files, and name the file in the item"
DEEPEST = 200  # lists and objects inside each other; every transport carries that many
TOO_DEEP = f"nested too deep: lists and objects may be {DEEPEST} deep; pass such a value as a string of JSON"


class NotPossible(ValueError):  # noqa: N818 - what is wrong with a text, of which the reader says where it is
    """A text is no item."""


def _refuse_constant(name: str) -> None:
    raise NotPossible(f"{name} is not JSON: write null, or a string")


DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def problem_of(error: Exception) -> NotPossible:
    """Return what is wrong with a text that Python cannot decode, or read although it may be JSON."""
    if isinstance(error, NotPossible):
        return error
    if isinstance(error, RecursionError):
        return NotPossible(TOO_DEEP)
    if isinstance(error, UnicodeDecodeError):
        column = error.start - error.object.rfind(b"\n", 0, error.start)
        convert = "text of another encoding is converted as with iconv -f LATIN1 -t UTF-8"
        return NotPossible(f"not UTF-8 (byte {column:,} of the line): {convert}")
    return NotPossible(f"not JSON that can be read ({error}): write such a number as a string")  # of too many digits


def check_depth(value: Any, brackets: int) -> None:
    """Refuse a value that is nested too deep for a message, and for Python's own stack.

    Args:
        value: as JSON makes it.
        brackets: how many lists and objects it has, at most: with few of them it cannot be deep.

    Raises:
        NotPossible: it is too deep.
    """
    if brackets <= DEEPEST:
        return
    level = [value]
    for _ in range(DEEPEST + 1):
        containers = [one for one in level if type(one) in {dict, list}]
        if not containers:
            return
        level = [item for one in containers for item in (one.values() if type(one) is dict else one)]
    raise NotPossible(TOO_DEEP)
