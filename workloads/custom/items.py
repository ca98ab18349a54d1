"""The items of a user's function: a file with one JSON value per line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from workloads.base import InputError


def read_items(path: str) -> list[Any]:
    """Return the values of a file with one JSON value per line; empty lines are ignored.

    Args:
        path: the file; "-" is standard input.

    Raises:
        InputError: the file is missing, unreadable, empty or not UTF-8, or a line, given by its number, is not JSON.
    """
    items: list[Any] = []
    for number, line in enumerate(_lines(path), start=1):
        if line.strip():
            items.append(_value(line, f"{_place(path)}, line {number}"))
    if not items:
        raise InputError(f"{_place(path)} is empty: one JSON value per line is expected")
    return items


def _lines(path: str) -> Iterator[bytes]:
    try:
        if path == "-" and sys.stdin is None:
            raise InputError("standard input is closed")
        if path == "-":
            yield from sys.stdin.buffer
        else:
            with Path(path).open("rb") as file:
                yield from file
    except OSError as error:
        raise InputError(f"input {path} cannot be read: {error.strerror}") from error


def _value(line: bytes, place: str) -> Any:
    try:
        return json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise InputError(f"{place}: not UTF-8 (byte {error.start + 1} of the line)") from error
    except json.JSONDecodeError as error:
        raise InputError(f"{place}: not JSON ({error.msg}, column {error.colno})") from error
    except (RecursionError, ValueError) as error:
        raise InputError(f"{place}: not JSON that can be read ({error})") from error


def _place(path: str) -> str:
    return "standard input" if path == "-" else path
