"""Watches a run from outside: dead processes, silence, Ctrl-C. Nothing that hangs inside can hang this.

main thread        waits, looks five times a second: who died? is anything still coming? draws the progress
producer thread    drives the load through the transport (may block for ever in somebody else's code)
"""

from __future__ import annotations

import math
import os
import select
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import NamedTuple, Self

from crossover.contract.errors import BrokenError
from crossover.execution.load.closed_loop import Loop
from crossover.recording.history import History
from crossover.results.records import End

LOOK_EVERY = 0.2  # seconds; each look takes the GIL from the producer thread
QUIET = 1.0  # seconds without an outcome, after a death, that count as "no more will come"
QUIET_FACTOR = 3  # ... or this many times the longest silence before, where that is longer
STALLED = 600.0  # seconds without an outcome, all workers alive, that count as "hung"
DRAIN = 5.0  # seconds, after the time limit, for what is outstanding to come back
LET_GO = 1.0  # seconds that the producer thread has to end by itself


class Ending(NamedTuple):
    """How a run ended, and what is known about it in words."""

    end: End
    detail: str = ""

    @property
    def cut_off(self) -> bool:
        """Whether somebody ended the run: what had not come back by then is unfinished, not lost."""
        return self.end in {End.TIME_UP, End.INTERRUPTED}

    def __str__(self) -> str:
        return f"{self.end}: {self.detail}" if self.detail else str(self.end)


class Deaths:
    """Notices that processes have ended, without waiting for them and without being their parent (Linux: pidfd).

    Args:
        processes: role → process ids.
    """

    def __init__(self, processes: Mapping[str, Sequence[int]]) -> None:
        self._poll = select.poll()
        self._who: dict[int, str] = {}
        self._before: list[str] = []  # ended before we looked
        for role, pids in processes.items():
            for pid in pids:
                self._watch(pid, f"{role.removesuffix('s')} {pid}")

    def so_far(self, within: float = 0.0) -> list[str]:
        """Return who has died, as "worker 123"; where nobody has, wait so many seconds for the first."""
        ready = self._poll.poll(0 if self._before else int(within * 1000))
        return self._before + [self._who[descriptor] for descriptor, _ in ready]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for descriptor in self._who:
            os.close(descriptor)

    def _watch(self, pid: int, who: str) -> None:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            self._before.append(who)
            return
        self._who[descriptor] = who
        self._poll.register(descriptor, select.POLLIN)


def supervise(
    loop: Loop,
    history: History,
    processes: Mapping[str, Sequence[int]],
    tick: Callable[[], None],
    deadline: float = math.inf,
    redelivery: float = 0.0,
    absent: Callable[[], Sequence[str]] = tuple,
) -> Ending:
    """Run a loop in a thread of its own until it ends or there is no hope that it will.

    After a death nothing more is submitted; what is outstanding is drained until it is quiet.

    Args:
        loop: what to run.
        history: what it writes.
        processes: role → process ids, to be watched.
        tick: called five times a second, to draw and to measure.
        deadline: when to stop submitting, in seconds of the monotonic clock.
        redelivery: seconds after a death within which what was lost with it may come back.
        absent: returns who has died of those that are no processes of this machine.

    Raises:
        Exception: what the loop raised, other than that the transport broke.
    """
    producer = _Producer(loop)
    with Deaths(processes) as deaths:
        producer.start()
        try:
            ending = _watch(producer, history, deaths, tick, deadline, redelivery, absent)
        except KeyboardInterrupt:
            ending = Ending(End.INTERRUPTED)
        finally:
            loop.submitting = loop.collecting = False
            producer.finished.wait(LET_GO)
    if producer.error is not None and not isinstance(producer.error, BrokenError):
        raise producer.error
    return ending


class _Producer(threading.Thread):
    """Runs the loop and keeps what it raised."""

    def __init__(self, loop: Loop) -> None:
        super().__init__(name="producer", daemon=True)
        self.loop = loop
        self.finished = threading.Event()
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.loop.run()
        except BaseException as error:
            self.error = error
        finally:
            self.finished.set()


def _watch(
    producer: _Producer,
    history: History,
    deaths: Deaths,
    tick: Callable[[], None],
    deadline: float,
    redelivery: float,
    absent: Callable[[], Sequence[str]],
) -> Ending:
    settled, changed, longest = 0, time.monotonic(), 0.0
    dead: list[str] = []
    while not producer.finished.wait(LOOK_EVERY):
        tick()
        now = time.monotonic()
        if history.settled != settled or history.settled == history.attempted:  # with nothing outstanding, none is due
            longest = max(longest, now - changed)
            settled, changed = history.settled, now
        if not dead and (dead := deaths.so_far()):
            longest = max(longest, now - changed)  # what was silence before the death says nothing about it
        dead = dead or list(absent())  # noticed late: the silence before is the death's own
        quiet = now - changed
        if dead and quiet > redelivery + max(QUIET, QUIET_FACTOR * longest):
            return Ending(End.DIED, ", ".join(dead))
        if quiet > STALLED:
            return Ending(End.HUNG, f"no outcome for {quiet:.0f} s, though nobody died")
        if dead or now > deadline:
            producer.loop.submitting = False
        if now > deadline + DRAIN:
            return Ending(End.TIME_UP)
    broken = isinstance(producer.error, BrokenError)  # connections end a little earlier than the process that had them
    dead = dead or deaths.so_far(LOOK_EVERY if broken else 0.0) or list(absent())
    if broken:  # it says more than who died of it
        return Ending(End.BROKEN, "; died: ".join([str(producer.error), *([", ".join(dead)] if dead else [])]))
    if dead:
        return Ending(End.DIED, ", ".join(dead))
    return Ending(End.FINISHED if time.monotonic() < deadline else End.TIME_UP)
