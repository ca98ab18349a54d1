"""The user's own function, with items from a file of JSON lines."""

from __future__ import annotations

import copy
import importlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from workloads.base import InputError, Workload, nearest


class Function(Workload):
    """Calls a user's function once for each item.

    The function's `check` attribute decides whether a value is right: `function.check(item, value) -> bool`. Without
    it, the value of the first run for the same item is right: then the function must always return the same value.

    Args:
        reference: "package.module:function".
        items: the payloads.

    Raises:
        InputError: its `check` cannot be called.
    """

    def __init__(self, reference: str, items: list[Any]) -> None:
        self.name = self.reference = reference
        self.usual_tasks = len(items)
        self._items = items
        self._check = getattr(self.run, "check", None)
        if self._check is not None and not callable(self._check):
            raise InputError(
                f"{reference}.check is of type {type(self._check).__name__}, not a function of item and value"
            )
        self.checks = self._check is not None

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle only the reference and the items: `check` may be a lambda, which cannot be pickled."""
        return Function, (self.reference, self._items)

    def payloads(self, tasks: int) -> list[Any]:
        """Return copies of the items: the function may change them."""
        return copy.deepcopy(self._items)

    def check(self, payload: Any, value: Any) -> bool:
        """Call the function's `check`, if it has one.

        Raises:
            InputError: `check` raised an exception.
        """
        if self._check is None:
            return True
        try:
            return bool(self._check(payload, value))
        except (Exception, SystemExit) as error:
            raise InputError(f"{self.name}.check failed: {type(error).__name__}: {error}") from error

    def wrong(self, payloads: Sequence[Any], values: Sequence[Any]) -> list[int]:
        """Check each value, if the function has a `check`."""
        return super().wrong(payloads, values) if self.checks else []


def find(reference: str) -> Any:
    """Return the object that "package.module:name" names; the current folder is searched, too.

    Raises:
        InputError: the module or name does not exist, the module cannot be imported, or the object cannot be called.
    """
    module_name, colon, path = reference.partition(":")
    if not module_name or not colon or not path:
        raise InputError(f"{reference!r} is not of the form package.module:function")
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        found: Any = importlib.import_module(module_name)
    except (Exception, SystemExit) as error:
        raise InputError(f"module {module_name!r} cannot be imported: {type(error).__name__}: {error}") from error
    for part in path.split("."):
        if not hasattr(found, part):
            public = [name for name in dir(found) if not name.startswith("_")]
            raise InputError(f"{module_name} has no {path!r}{nearest(part, public)}")
        found = getattr(found, part)
    if not callable(found) and not isinstance(found, Workload):
        raise InputError(f"{reference} is of type {type(found).__name__}, not a function that can be called")
    return found


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
