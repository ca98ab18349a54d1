"""What a job has done so far, in figures."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

MOST_KINDS = 50  # of errors that are told apart
OTHER_KINDS = "others"


@dataclass(slots=True)
class Failures:
    """Lines that were given up for one kind of error.

    Attributes:
        line: number of the first one.
        error: of that one, in a few words.
        lines: how many.
    """

    line: int
    error: str
    lines: int = 0


@dataclass(slots=True)
class Tally:
    """Counts of lines, and where the time went.

    Attributes:
        done: lines whose value is in the output, or waits for those before it.
        too_early: the latter, when nothing more is written.
        failed: lines that were given up.
        retried: attempts after the first one.
        resumed: lines that were done before.
        failed_before: lines that other commands have given up, and that are not done now.
        bad: lines that could not be read, and were passed over.
        blank: lines without anything in them.
        deaths: workers that have ended, or were killed, inside a line.
        working: seconds that workers were in the function, together.
        cpu: seconds of a CPU that they took for it.
        reading: seconds for which the input was read.
        sending: seconds for which lines were given to workers.
        waiting: seconds for which nothing was to do until a worker had done its lines.
        pausing: seconds for which nothing was to do, and no line was with a worker.
        writing: seconds for which the output was written.
        syncing: seconds for which it was brought to the disk.
        errors: kind → lines that were given up for it.
        workers: name → lines that it has done.
        began: when it began, by the monotonic clock.
        ended: when it ended; None: it goes on.
    """

    done: int = 0
    too_early: int = 0
    failed: int = 0
    retried: int = 0
    resumed: int = 0
    failed_before: int = 0
    bad: int = 0
    blank: int = 0
    deaths: int = 0
    working: float = 0.0
    cpu: float = 0.0
    reading: float = 0.0
    sending: float = 0.0
    waiting: float = 0.0
    pausing: float = 0.0
    writing: float = 0.0
    syncing: float = 0.0
    errors: dict[str, Failures] = field(default_factory=dict)
    workers: dict[str, int] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None

    @property
    def settled(self) -> int:
        """Lines that need nothing more."""
        return self.done + self.failed + self.bad + self.blank

    def fail(self, line: int, error: str) -> None:
        """Count a line that is given up."""
        self.failed += 1
        kind = error.partition(":")[0]
        if kind not in self.errors and len(self.errors) >= MOST_KINDS:
            kind = OTHER_KINDS
        known = self.errors.setdefault(kind, Failures(line, error))
        known.lines += 1
        if line < known.line:  # lines come back in any order
            known.line, known.error = line, error

    @property
    def seconds(self) -> float:
        """How long it has taken."""
        return (time.monotonic() if self.ended is None else self.ended) - self.began
