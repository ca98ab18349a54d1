"""What becomes of lines: a line of the output, or a dead letter."""

from __future__ import annotations

from crossover.jobs.lines import FailedLine, LinesDone
from crossover.jobs.runner.chunk import Chunk
from crossover.jobs.runner.output.dead_letters import DeadLetter, DeadLetters
from crossover.jobs.runner.output.journal import Journal
from crossover.jobs.runner.output.order import Order
from crossover.jobs.runner.tally import Tally


class Output:
    """Writes what a job leaves, each line once.

    Args:
        journal: the output.
        dead_letters: what is given up.
        order: of the lines; None: as they come.
        tally: counts them.
    """

    def __init__(self, journal: Journal, dead_letters: DeadLetters, order: Order | None, tally: Tally) -> None:
        self._journal, self._dead_letters, self._order, self._tally = journal, dead_letters, order, tally

    def begin(self) -> None:
        """Write what other commands have left to be written.

        Raises:
            NotWrittenError: it cannot be.
        """
        if self._order is not None:
            self._journal.append(self._order.take())

    def end(self) -> None:
        """Count what has come before its turn, and will not be written any more."""
        if self._order is not None:
            self._tally.too_early = self._order.waiting()

    def may_begin(self, number: int) -> bool:
        """Return whether there is room for a line, until all before it are there."""
        return self._order is None or self._order.may_begin(number)

    def write(self, chunk: Chunk, done: LinesDone) -> None:
        """Write the values of lines.

        Raises:
            NotWrittenError: they cannot be written.
        """
        output, count, failed, blank = done[:4]
        if self._order is None:
            self._journal.append(output)
        else:
            self._write_in_order(self._order, chunk, output, failed, blank)
        self._tally.done += count
        self._tally.blank += len(blank)

    def pass_over(self, line: Chunk) -> None:
        """Count a line that cannot be read."""
        self._tally.bad += 1
        self._without_value(line.first)

    def give_up(self, line: Chunk, error: str, traceback: str) -> None:
        """Keep a line aside.

        Raises:
            NotWrittenError: it cannot be written.
        """
        self._tally.fail(line.first, error)
        text = line.lines.decode(errors="replace")
        letter = DeadLetter(line=line.first, error=error, attempts=line.attempts, input=text, traceback=traceback)
        self._dead_letters.add(letter)
        self._without_value(line.first)

    def sync(self, *, now: bool = False) -> None:
        """Have all of it on the disk, within a second or at once.

        Raises:
            NotWrittenError: the disk does not take it.
        """
        self._journal.sync(now=now)
        self._dead_letters.sync(now=now)
        self._tally.syncing = self._journal.syncing

    def _without_value(self, number: int) -> None:
        if self._order is not None:
            self._order.add(number, None)
            self._journal.append(self._order.take())

    def _write_in_order(
        self, order: Order, chunk: Chunk, output: bytes, failed: list[FailedLine], blank: list[int]
    ) -> None:
        without = {*blank, *(one[0] for one in failed)}
        numbers = (number for number in range(chunk.first, chunk.first + chunk.count) if number not in without)
        for number, line in zip(numbers, output.splitlines(keepends=True), strict=True):
            order.add(number, line)
        for number in blank:
            order.add(number, None)
        self._journal.append(order.take())
