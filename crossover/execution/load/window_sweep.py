"""A sweep over windows: short parts of one run, each in closed loop with another window."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from crossover.contract.system import Clock
from crossover.contract.transport import Transport
from crossover.execution.load.closed_loop import ClosedLoop
from crossover.recording.history import History
from crossover.results.windows import WindowPoint
from workloads.base import Workload

PASSES = 3  # over the windows, up and down in turn, so that a disturbance of the machine hits neighbours
PART_SECONDS = 0.05  # of one part, about
WINDOWS_PER_PART = 3  # of tasks, at least: with fewer, a part would show how its window is filled and emptied
LONGEST_PART = 0.4  # seconds; a window that would take longer has more outstanding than any round trip needs
LONGEST = 3.0  # seconds of all parts
NEIGHBOURS = 3  # smaller windows with whose median a window is compared: one of them may have been disturbed
GAIN, FLAT = 1.03, 2  # the first pass ends after this many windows in a row without such a gain over them


class WindowSweep(ClosedLoop):
    """Drives parts of a load with one window after the other; each part ends when all its tasks are settled.

    Args:
        transport, workload, history: as in Loop.
        windows: what to try, in tasks, the smallest first; the largest ones are left out where they bring nothing.
    """

    def __init__(self, transport: Transport, workload: Workload, history: History, windows: Sequence[int]) -> None:
        super().__init__(transport, workload, history, windows[0])
        self._windows = windows

    def _drive(self) -> None:
        history, stop_at = self._history, Clock.monotonic() + LONGEST
        for window in self._order():
            tasks = self._tasks_of_part(window)
            until = history.attempted + tasks
            if until > history.tasks or Clock.monotonic() > stop_at:
                return
            began = Clock.monotonic_ns()
            self._work_off(until, window)
            if not history.submitting:  # told to stop in the middle of the part
                return
            self.parts.append(WindowPoint(window, tasks / max(1, Clock.monotonic_ns() - began) * 1e9))

    def _order(self) -> Iterator[int]:
        """Yield the window of each part: upwards until larger ones bring nothing, then those again, down and up.

        Where the largest of them is the best by far, larger ones are tried, too: a disturbance hid what they bring.
        """
        left = list(self._windows)
        tried: list[int] = []
        while left and (not tried or self._median(tried[-1]) > GAIN * max(map(self._median, tried[:-1]), default=0.0)):
            new = []
            for window in self._upwards(left):
                yield window
                new.append(window)
            if not new:
                return
            for number in range(1, PASSES):
                yield from new[::-1] if number % 2 else new
            tried += new

    def _upwards(self, left: list[int]) -> Iterator[int]:
        """Yield and remove windows, the smallest first, as long as they bring something."""
        flat = 0
        while left and flat < FLAT:
            before = [part.throughput for part in self.parts[-NEIGHBOURS:]]
            if before and WINDOWS_PER_PART * left[0] > LONGEST_PART * max(before):
                left.clear()
                return
            yield left.pop(0)
            flat = flat + 1 if before and self.parts[-1].throughput <= GAIN * statistics.median(before) else 0

    def _median(self, window: int) -> float:
        return statistics.median(part.throughput for part in self.parts if part.window == window)

    def _tasks_of_part(self, window: int) -> int:
        """Return how many tasks a part has, in whole batches."""
        batch = self._history.batch
        rate = self.parts[-1].throughput if self.parts else 0.0
        return -(-max(WINDOWS_PER_PART * window, int(rate * PART_SECONDS)) // batch) * batch
