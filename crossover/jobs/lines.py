"""Lines of a job, in the worker that does them: it reads each, calls the function and writes the line of the output.

So the command that reads and writes the files handles bytes only, however many lines there are.
"""

from __future__ import annotations

import json
import os
import platform
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from json import encoder
from typing import Any

from crossover.contract.text import describe
from crossover.workers import forks
from workloads.base import resolve
from workloads.custom.json_text import DECODER, NotPossible, problem_of

JSON, TEXT = "json", "text"
FAILED, UNREADABLE, NO_JSON_VALUE = "failed", "unreadable", "value is no JSON"
"""Why a line has no value: its function raised an exception, it cannot be read, or its value cannot be written."""

LinesToDo = tuple[str, int, bytes]
"""What each line is (JSON, TEXT), the number of the first one, and the lines, between line feeds."""
FailedLine = tuple[int, str, str, str, list[str]]
"""Number, why, the error in a few words, its traceback in the function's code, the names of its classes."""
LinesDone = tuple[bytes, int, list[FailedLine], list[int], float, float, str]
"""Lines of the output, how many, those that failed, the numbers of blank ones, seconds, of a CPU, and who did them."""

SPACES = " \t\r\v\f"
_scan = DECODER.scan_once  # type: ignore[attr-defined]  # what `raw_decode` calls
_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
_make = getattr(encoder, "c_make_encoder", None)
_parts: Callable[[Any, int], Iterable[str]] | None = _make and _make(  # one for all lines: `encode` makes one for each
    None, _encoder.default, encoder.encode_basestring, None, ": ", ", ", False, False, False
)
_encode_ascii = json.JSONEncoder(allow_nan=False).encode


def do_lines(function: Callable[[Any], Any], form: str, first: int, lines: bytes) -> LinesDone:
    """Call a function with each of some lines; return what becomes of them.

    Args:
        function: of one argument, whose value can be written as JSON.
        form: JSON, or TEXT.
        first: the number of the first line.
        lines: between line feeds; where they are JSON, those without anything but spaces are passed over.
    """
    began, cpu = time.perf_counter(), time.thread_time()
    written: list[str] = []
    failed: list[FailedLine] = []
    blank: list[int] = []
    since = forks.count
    for number, line in enumerate(_split(lines), first):
        why = UNREADABLE
        try:
            text = line if isinstance(line, str) else line.decode()
            if form == TEXT:
                payload: Any = text.removesuffix("\r")
            else:
                try:
                    payload, end = _scan(text, 0)
                except StopIteration:
                    end = -1
                if end != len(text):  # there are spaces around it, or something is wrong with it
                    if not text.strip(SPACES):
                        blank.append(number)
                        continue
                    payload = DECODER.decode(text)
            why = FAILED
            value = function(payload)
            if forks.count != since:
                forks.end_child()
            why = NO_JSON_VALUE
            written.append(f'{{"line": {number}, "value": {_encode(value)}}}\n')
        except BaseException as error:  # SystemExit and KeyboardInterrupt of a function fail its line
            if forks.count != since:
                forks.end_child(error)
            failed.append(_failed(number, why, error))
    try:
        output = "".join(written).encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can only escape
        output = b"".join(_escaped(line) for line in written)
    return output, len(written), failed, blank, time.perf_counter() - began, time.thread_time() - cpu, _who()


def _split(lines: bytes) -> Sequence[str | bytes]:
    """Return lines; as bytes where one is no UTF-8."""
    try:
        return lines.decode().split("\n")
    except UnicodeDecodeError:
        return lines.split(b"\n")


def _encode(value: Any) -> str:
    """Return a value as JSON."""
    if _parts is None:
        return _encoder.encode(value)
    try:
        return "".join(_parts(value, 0))
    except (RecursionError, TypeError, ValueError):
        return _encoder.encode(value)  # raises an error with more to say


def do_named_lines(name: str, form: str, first: int, lines: bytes) -> LinesDone:
    """As `do_lines`, with a function by its name: "module:function"."""
    return do_lines(resolve(name), form, first, lines)


def start_of(number: int) -> int:
    """Return how many bytes come before the value in a line of the output."""
    return len(f'{{"line": {number}, "value": ')


def names_of(kind: type[BaseException]) -> list[str]:
    """Return the names of the class of an error and of its bases, each with its module and without."""
    kinds = [one for one in kind.__mro__ if one not in {BaseException, object}]
    return [name for one in kinds for name in (one.__name__, f"{one.__module__}.{one.__qualname__}")]


def _failed(number: int, why: str, error: BaseException) -> FailedLine:
    words = _why_unreadable(error) if why == UNREADABLE else describe(error)
    return number, why, words, _traceback_of(error) if why == FAILED else "", names_of(type(error))


def _traceback_of(error: BaseException) -> str:
    """Return where an error was raised, as far as that is code of the function's."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    if frames is None:
        return ""
    try:
        return "".join(traceback.format_exception(type(error), error, frames))
    except BaseException:
        return "its traceback cannot be made\n"


def _why_unreadable(error: BaseException) -> str:
    """Return what is wrong with a line, as in "is not UTF-8"."""
    if isinstance(error, json.JSONDecodeError):
        return f"is no JSON value ({error.msg}, column {error.colno:,})"
    if isinstance(error, RecursionError):
        return "is nested too deep for Python's json: pass such a value as a string of JSON"
    if isinstance(error, NotPossible):
        return f"is no JSON value: {error}"
    return f"is {problem_of(error)}" if isinstance(error, ValueError) else f"cannot be read ({describe(error)})"


def _escaped(line: str) -> bytes:
    number = line[len('{"line": ') : line.index(",")]
    value = json.loads(line)["value"]
    return f'{{"line": {number}, "value": {_encode_ascii(value)}}}\n'.encode()


def _who() -> str:
    return f"{platform.node()} {os.getpid()}"
