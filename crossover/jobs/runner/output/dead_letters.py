"""Lines that were given up: kept aside, with the reason, for whoever looks after them."""

from __future__ import annotations

import msgspec

from crossover.jobs.runner.output.journal import Journal


class DeadLetter(msgspec.Struct, kw_only=True):
    """A line that was given up.

    Attributes:
        line: its number.
        error: in a few words.
        attempts: how often it was tried.
        input: the line.
        traceback: where the last error was raised; empty: in no code of the function's.
    """

    line: int
    error: str
    attempts: int
    input: str
    traceback: str = ""


def as_line(letter: DeadLetter) -> bytes:
    """Return a line of the file: the number comes first, as in every journal."""
    encoded = msgspec.json.encode(letter)
    return b'{"line": ' + encoded[len(b'{"line":') :].replace(b",", b", ", 1) + b"\n"


class DeadLetters:
    """The file of a job's dead letters.

    Attributes:
        count: how many this command has added.
        first: the first one of these.

    Args:
        journal: of the file; None: they are counted only.
    """

    def __init__(self, journal: Journal | None) -> None:
        self.journal = journal
        self.first: DeadLetter | None = None
        self.count = 0

    def add(self, letter: DeadLetter) -> None:
        """Write one.

        Raises:
            OSError: it could not be written.
        """
        self.count += 1
        self.first = self.first or letter
        if self.journal is not None:
            self.journal.append(as_line(letter))

    def sync(self, *, now: bool = False) -> None:
        """Have all of them on the disk, within a second or at once.

        Raises:
            OSError: the disk does not take them.
        """
        if self.journal is not None:
            self.journal.sync(now=now)
