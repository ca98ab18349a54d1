"""The standard streams of the command, which work whatever the shell or a library has done to them."""

from __future__ import annotations

import locale
import os
import signal
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from crossover.report.descriptors import discard, text_writer

STANDARD = (0, 1, 2)


@dataclass
class _Streams:
    """What is kept of the streams that the command was started with.

    Attributes:
        results: standard output as it was then; None: not prepared, as in a test that replaces sys.stdout.
        closed: whether it was closed.
        replaced: streams of others: when they are dropped, they close their descriptors.
    """

    results: TextIO | None = None
    closed: bool = False
    replaced: list[Any] = field(default_factory=list)


_streams = _Streams()


def prepare() -> None:
    """Take standard output for the results, and give the command streams that can be written to.

    A stream that is closed becomes the null device, so that no other file gets its number. SIGPIPE is ignored, and
    no warning becomes an error: neither may end the command before it has written what it measured.
    """
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    _streams.closed = not _is_open(1)
    for descriptor in STANDARD:
        if not _is_open(descriptor):
            _open_null(descriptor)
    _streams.replaced += [sys.stdout, sys.stderr]
    for stream in _streams.replaced:
        with suppress(Exception):  # another's stream may be anything
            stream.flush()
    taken = os.dup(1)  # not inherited
    _streams.results = text_writer(taken, _encoding(sys.__stdout__), by_line=False)
    buffered = not getattr(sys.__stdout__, "write_through", False)
    sys.stdout = text_writer(1, _encoding(sys.__stdout__), by_line=os.isatty(1), buffered=buffered)
    sys.stderr = text_writer(2, _encoding(sys.__stderr__), by_line=True, buffered=buffered)
    if any(action == "error" for action, *_ in warnings.filters):
        warnings.simplefilter("ignore")


def results() -> TextIO:
    """Return the stream that results are written to: the standard output that the command was started with."""
    return _streams.results or sys.stdout


def is_closed() -> bool:
    """Return whether the command was started without standard output."""
    return _streams.closed


def leads_to(path: Path) -> bool:
    """Return whether the shell has redirected standard output to this file."""
    try:
        found, own = path.stat(), os.fstat(results().fileno())
    except (OSError, ValueError):
        return False
    return os.path.samestat(found, own)


def write_result(text: str) -> None:
    """Write a result to standard output, as UTF-8: a terminal may not be able to show it, but a file is UTF-8.

    Raises:
        OSError: it cannot be written.
    """
    stream = results()
    stream.flush()
    stream.buffer.write(text.encode())
    stream.buffer.flush()


@contextmanager
def stdout_for_results() -> Iterator[None]:
    """Redirect descriptor 1 to standard error meanwhile, so that what a task prints cannot get into the result."""
    sys.stdout.flush()
    saved = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(saved, 1)
        os.close(saved)


def flush() -> OSError | None:
    """Write what is left in the streams; return why standard output does not take it, or None."""
    problem = None
    for stream in (sys.stderr, sys.stdout):
        try:
            stream.flush()
        except (OSError, ValueError) as error:
            discard(stream)
            problem = error if stream is sys.stdout and isinstance(error, OSError) else None
    return problem


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _open_null(descriptor: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    if null == descriptor:
        os.set_inheritable(null, True)
    else:
        os.dup2(null, descriptor)
        os.close(null)


def _encoding(stream: TextIO | None) -> str:
    return getattr(stream, "encoding", None) or locale.getencoding()
