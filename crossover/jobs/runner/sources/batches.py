"""Lines of a stream in batches: those that have come, without waiting for more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from workloads.custom.input_stream import opened
from workloads.custom.json_text import LONGEST, TOO_LONG

BLOCK = 2**18  # bytes that are read at once


class Unreadable(NamedTuple):
    """A line that cannot be read.

    Attributes:
        why: what is wrong with it, as in "is longer than 64 MiB".
        line: its number in the file; 0: that of all lines.
    """

    why: str
    line: int = 0


Batch = list[bytes] | Unreadable
"""Lines without their line feeds; one that cannot be read is alone. An empty one: nothing has come yet."""


def line_batches(path: str, taken: IO[bytes] | None = None) -> Iterator[Batch]:
    """Yield the lines of a file or a stream; it is decompressed where it is compressed.

    Args:
        path: of the file.
        taken: the stream, where it is open already.

    Raises:
        InputError: it cannot be read, or not to its end.
    """
    with opened(path, taken) as (stream, _):
        yield from _split(stream)


def _split(stream: Any) -> Iterator[Batch]:
    begun: list[bytes] = []  # of a line that has not ended yet; nothing of one that is too long
    size = 0  # of that line
    while block := stream.read1(BLOCK):
        whole, feed, rest = block.rpartition(b"\n")
        if not feed:
            size += len(rest)
            begun = [*begun, rest] if size <= LONGEST else []
            continue
        lines = whole.split(b"\n")
        if size + len(lines[0]) > LONGEST:
            yield Unreadable(f"is {TOO_LONG}")
            del lines[0]
        elif size:
            lines[0] = b"".join([*begun, lines[0]])
        if lines:
            yield lines
        begun, size = [rest], len(rest)
    if size > LONGEST:
        yield Unreadable(f"is {TOO_LONG}")
    elif size:
        yield [b"".join(begun)]
