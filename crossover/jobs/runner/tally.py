"""What a job has done so far, in figures."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """Counts of lines, and where the time went.

    Attributes:
        done: lines whose value is in the output.
        failed: lines that were given up.
        retried: attempts after the first one.
        resumed: lines that were done before.
        bad: lines that could not be read, and were passed over.
        blank: lines without anything in them.
        deaths: workers that have ended, or were killed, inside a line.
        working: seconds that workers were in the function, together.
        cpu: seconds of a CPU that they took for it.
        syncing: seconds for which the output was written to the disk.
        workers: name → lines that it has done.
        began: when it began, by the monotonic clock.
        ended: when it ended; None: it goes on.
    """

    done: int = 0
    failed: int = 0
    retried: int = 0
    resumed: int = 0
    bad: int = 0
    blank: int = 0
    deaths: int = 0
    working: float = 0.0
    cpu: float = 0.0
    syncing: float = 0.0
    workers: dict[str, int] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None

    @property
    def seconds(self) -> float:
        """How long it has taken."""
        return (time.monotonic() if self.ended is None else self.ended) - self.began
