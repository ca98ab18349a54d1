"""Lines that were given up: kept aside, with the reason, for whoever looks after them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from crossover.contract.errors import UsageError
from crossover.jobs.runner.numbers import Numbers
from crossover.jobs.runner.output.journal import NEW, Journal, number_of, replace


class DeadLetter(msgspec.Struct, kw_only=True):
    """A line that was given up.

    Attributes:
        line: its number.
        error: in a few words.
        attempts: how often it was tried, by all commands.
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
        left: how many others have added, whose lines are not done now.

    Args:
        journal: of the file; None: they are counted only.
        before: number of a line → how often other commands have tried it.
        left: as above.
    """

    def __init__(self, journal: Journal | None, before: Mapping[int, int] | None = None, left: int = 0) -> None:
        self.journal = journal
        self.left = left
        self.first: DeadLetter | None = None
        self.count = 0
        self._before = before or {}

    def add(self, letter: DeadLetter) -> None:
        """Write one.

        Raises:
            NotWrittenError: it could not be written.
        """
        letter.attempts += self._before.get(letter.line, 0)
        self.count += 1
        self.first = self.first or letter
        if self.journal is not None:
            self.journal.append(as_line(letter))

    def sync(self, *, now: bool = False) -> None:
        """Have all of them on the disk, within a second or at once.

        Raises:
            NotWrittenError: the disk does not take them.
        """
        if self.journal is not None:
            self.journal.sync(now=now)


def attempts_in(path: Path) -> dict[int, int]:
    """Return the number of each line in a file of dead letters, and how often it was tried.

    Raises:
        OSError: it cannot be read.
        UsageError: it was not written by this program.
    """
    with path.open("rb") as lines:
        try:
            letters = [msgspec.json.decode(line, type=DeadLetter) for line in lines]
        except msgspec.MsgspecError:
            raise UsageError(f"{path} is no file of --failures: name that of this job") from None
    return {letter.line: letter.attempts for letter in letters}


def remove_done(path: Path, done: Numbers) -> None:
    """Remove the dead letters of lines that are done, and the older ones of lines that have failed again.

    The file is replaced as a whole, or not at all, whatever happens meanwhile.

    Args:
        path: of the file; its last line is whole.
        done: numbers of lines.

    Raises:
        NotWrittenError: it cannot be written.
    """
    path = path.resolve()  # a link to the file stays one
    path.with_name(path.name + NEW).unlink(missing_ok=True)  # of a command that was killed
    seen, latest, is_clean = Numbers(), dict[int, int](), True
    with path.open("rb") as lines:
        for place, line in enumerate(lines):
            number = number_of(line)
            if not seen.add(number):
                latest[number] = place
            is_clean &= number not in done
        if is_clean and not latest:
            return
        lines.seek(0)
        kept = (
            line
            for place, line in enumerate(lines)
            if (number := number_of(line)) not in done and latest.get(number, place) == place
        )
        replace(path, kept)
