"""What a sample of tasks has shown, before anything was measured through a transport."""

from __future__ import annotations

import msgspec

from crossover.results.records import Record


class TaskSample(Record):
    """What a task takes by itself: no transport, no other task beside it.

    `two_threads` tells whether the function holds the GIL: two threads do the tasks of one in about half the time, or
    in the same.
    """

    tasks: int  # that ended, the first one left out where there are others: it may import or compile something
    seconds: float  # of a task, the median; where none ended: it takes longer
    mean: float  # seconds of a task, the mean
    low: float  # seconds: of ten tasks, one takes less
    high: float  # seconds: of ten tasks, one takes more
    cpu_seconds: float  # of a task, the mean, with the threads and programs that it starts
    waiting: float  # part of its time in which it neither ran nor waited for a core, 0 to 1
    memory_bytes: int  # that the tasks needed beyond what their process had before
    failed: int = 0
    reasons: dict[str, int] = msgspec.field(default_factory=dict)  # type of the exception → number of tasks
    two_threads: float | None = None  # tasks/s of two threads, over those of one; None: not measured
    pressure: float | None = None  # part of the time in which something waited for a core, 0 to 1; None: unknown
    cut_off: bool = False  # the last task took so long that it was given up
