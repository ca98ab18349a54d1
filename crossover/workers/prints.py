"""What tasks print: it appears on standard error, line by line; standard output is for results."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable
from contextlib import suppress


def print_to(descriptor: int, standard: Iterable[int] = (1,)) -> None:
    """Let this process print into a file, each line at once.

    Args:
        descriptor: of the file.
        standard: the descriptors that lead there from now on.
    """
    streams = {1: sys.__stdout__, 2: sys.__stderr__}
    for number in standard:
        stream = streams[number]
        if stream is None:  # the user has closed it, so the number may be that of another file
            continue
        with suppress(OSError, ValueError):
            stream.flush()
            os.dup2(descriptor, number)
    print_lines_at_once()


def print_lines_at_once() -> None:
    """Write each line when it is printed: a process that is killed, or ends itself, has then lost none."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if isinstance(stream, io.TextIOWrapper) and not stream.closed:
            stream.reconfigure(line_buffering=True)
