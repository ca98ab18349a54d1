"""The lines of an input, in chunks."""

from __future__ import annotations

from collections.abc import Callable

from crossover.jobs.runner.chunk import Chunk
from crossover.jobs.runner.numbers import Skipped
from crossover.jobs.runner.sources.batches import Batch, Unreadable
from crossover.jobs.runner.sources.input import Input
from workloads.base import InputError


class Source:
    """Reads an input once; it keeps one batch of lines.

    Attributes:
        place: how messages call the input.
        form: what each line is: JSON, TEXT.
        ended: whether it was read to its end.

    Args:
        read: the input.
    """

    def __init__(self, read: Input) -> None:
        self.place, self.form = read.place, read.form
        self.ended = False
        self._input = read
        self._batches = read.batches()
        self._batch: Batch = []
        self._at = 0  # place in the batch
        self._next = 1
        self._lines = self._bytes = 0  # of all batches so far

    @property
    def lines(self) -> int | None:
        """How many lines it has, about, until all are read; None: that cannot be known."""
        return self.read if self.ended else self._input.lines(self._lines, self._bytes)

    @property
    def read(self) -> int:
        """How many lines were read."""
        return self._next - 1

    def when_ready(self, call: Callable[[], None]) -> None:
        """Have something called, in another thread, when there are lines again after there were none."""
        self._input.when_ready(call)

    def chunk(self, most: int, done: Skipped) -> Chunk | None:
        """Return the next lines that are not done, with consecutive numbers; None: none has come, or all have.

        Args:
            most: lines.
            done: numbers of lines that are passed over.

        Raises:
            InputError: it cannot be read any further.
        """
        while self._fill():
            first, batch = self._next, self._batch
            if first in done:
                self._pass_over(1)
                continue
            if isinstance(batch, Unreadable):
                self._pass_over(1)
                return Chunk(first, 1, b"", bad=f"line {batch.line or first:,} {batch.why}")
            wanted = max(1, min(most, len(batch) - self._at))
            if first < done.largest:
                wanted = next((ahead for ahead in range(1, wanted) if first + ahead in done), wanted)
            lines = batch[self._at : self._at + wanted]
            self._pass_over(wanted)
            return Chunk(first, wanted, b"\n".join(lines))
        return None

    def check_unchanged(self) -> None:
        """See that the input is what it was at the beginning.

        Raises:
            InputError: it is not.
        """
        if change := self._input.change():
            raise InputError(
                f"{self.place} {change} while it was read: what was written stays, but lines may be missing or wrong; "
                "--force does all of it again"
            )

    def _fill(self) -> bool:
        """Return whether there is a line."""
        while not self.ended:
            count = 1 if isinstance(self._batch, Unreadable) else len(self._batch)
            if self._at < count:
                return True
            batch = next(self._batches, None)
            if batch is None:
                self.ended = True
            elif not batch:
                return False
            else:
                self._batch, self._at = batch, 0
                if not isinstance(batch, Unreadable):
                    self._lines += len(batch)
                    self._bytes += len(batch) + sum(map(len, batch))
        return False

    def _pass_over(self, count: int) -> None:
        self._at += count
        self._next += count
