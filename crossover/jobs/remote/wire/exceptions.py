"""Exceptions as data: their class by name, what they are made from, their notes and the worker's traceback."""

from __future__ import annotations

import traceback
from typing import Any

import msgspec

from brokers.messages import Refused
from crossover.contract.text import describe, readable
from crossover.jobs.errors import CallRefusedError, RemoteError, RemoteTraceback
from crossover.jobs.remote.main_module import name_on_the_wire
from crossover.jobs.remote.values import Reader, encode, is_plain, prepared

LONGEST_TEXT = 100_000  # characters of a text or a traceback
DEEPEST_GROUP = 20


class ErrorMessage(msgspec.Struct, array_like=True):
    """An exception on the wire.

    Attributes:
        module: of its class.
        name: of its class.
        text: of it.
        arguments: that it is made from; None: they cannot be carried.
        state: its attributes.
        notes: that were added to it.
        members: of a group.
    """

    module: str
    name: str
    text: str
    arguments: bytes | None
    state: bytes | None
    notes: list[str]
    members: list[ErrorMessage] | None = None


def error_data(error: BaseException, depth: int = 0) -> ErrorMessage:
    """Return the data of an exception."""
    if isinstance(error, Refused):
        error = CallRefusedError(str(error))
    kind = type(error)
    members = None
    if isinstance(error, BaseExceptionGroup) and depth < DEEPEST_GROUP:
        members = [error_data(one, depth + 1) for one in error.exceptions]
    arguments, state = _parts(error, grouped=members is not None)
    notes = [_clean(note) for note in getattr(error, "__notes__", ()) if isinstance(note, str)]
    return ErrorMessage(
        name_on_the_wire(kind.__module__), kind.__qualname__, _text(error), arguments, state, notes, members
    )


def traceback_text(error: BaseException) -> str:
    """Return the traceback of an exception as text."""
    try:
        return _clean("".join(traceback.format_exception(error)))
    except Exception as second:
        return f"(its traceback cannot be shown: {describe(second)})\n"


def error_from(data: ErrorMessage, reader: Reader, trace: str) -> BaseException:
    """Return an exception as it was raised, or a RemoteError with its type and text.

    Args:
        data: from the worker.
        reader: decodes what it is made from.
        trace: the worker's traceback; empty: it has none.
    """
    error = _made(data, reader)
    for note in data.notes:
        error.add_note(readable(note))
    if trace:
        error.__cause__ = RemoteTraceback(trace)
    return error


def _made(data: ErrorMessage, reader: Reader) -> BaseException:
    kind = reader.allowed.exception(data.module, data.name)
    remote = RemoteError(readable(f"{data.module}.{data.name}: {data.text}"))
    if kind is None or data.arguments is None:
        return remote
    try:
        arguments = reader.decode(data.arguments)
        if data.members is not None:
            arguments = [*arguments, [error_from(one, reader, "") for one in data.members]]
        error = kind(*arguments)
        if data.state is not None:
            vars(error).update(reader.decode(data.state))
    except Exception:
        return remote
    return error if isinstance(error, BaseException) else remote


def _parts(error: BaseException, *, grouped: bool) -> tuple[bytes | None, bytes | None]:
    """Return what an exception is made from, and its attributes, where both can be carried."""
    try:
        reduced: Any = error.__reduce_ex__(2)
        made, arguments, *rest = reduced
        if made is not type(error):
            return None, None
        arguments = arguments[:1] if grouped else arguments
        state = {name: value for name, value in (rest[0] or {}).items() if name != "__notes__"} if rest else {}
        return _raw(list(arguments)), _raw(state) if state else None
    except Exception:
        return None, None


def _raw(value: Any) -> bytes:
    try:
        if is_plain(value):
            return encode(value)
    except (OverflowError, UnicodeEncodeError):
        pass
    return encode(prepared(value))


def _text(error: BaseException) -> str:
    try:
        return _clean(str(error))
    except BaseException as second:
        return f"(its text cannot be made: {type(second).__name__})"


def _clean(text: str) -> str:
    return text[:LONGEST_TEXT].encode("utf-8", "backslashreplace").decode()
