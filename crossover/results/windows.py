"""The search for the window of a transport: what was tried, and what was found."""

from __future__ import annotations

import msgspec

from crossover.results.records import Record


class WindowPoint(Record):
    """What a transport carries with one window."""

    window: int  # tasks outstanding at most
    throughput: float  # tasks/s, the median of `samples`
    samples: list[float] = msgspec.field(default_factory=list)  # tasks/s of each short run with this window


class WindowSearch(Record):
    """The search for the smallest window with which a transport carries nearly as much as with any.

    Its tasks do nothing, and have payloads like those of the workload.
    """

    transport: str
    window: int  # that was used then, or typed, tasks
    workers: int
    batch: int
    plateau: float | None = None  # tasks/s that it carries with a window that is large enough; None: not measured
    task_us: float | None = None  # time that a task takes a worker, for which the window was chosen; None: unknown
    points: list[WindowPoint] = msgspec.field(default_factory=list)  # by window; none: it was not searched
    why_not: str = ""  # why this window is not the one that a search has found
