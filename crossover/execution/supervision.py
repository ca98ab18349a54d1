"""Supervises a run in the command's process, so that code that blocks in the run cannot block the supervisor.

main thread        wakes up five times a second: has a process ended? do outcomes still arrive? updates the progress
producer thread    drives the load through the transport (a client library may block it for ever)
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from crossover.contract.errors import BrokenError
from crossover.contract.transport import Transport
from crossover.execution.load.loop import Loop
from crossover.execution.process_exits import ProcessExits
from crossover.recording.history import History
from crossover.results.records import End

LOOK_EVERY = 0.2  # seconds; each look takes the GIL from the producer thread
QUIET = 1.0  # seconds without an outcome, after a process died, that count as "no more will come"
QUIET_FACTOR = 3  # ... or this many times the longest silence before, where that is longer
STALLED = 600.0  # seconds without an outcome, all workers alive, that count as "hung"
DRAIN_WITHIN = 5.0  # seconds after the time limit in which outstanding tasks may come back
THREAD_ENDS_WITHIN = 1.0  # seconds in which the producer thread ends after it was told to


class Ending(NamedTuple):
    """How a run ended, and details in words."""

    end: End
    detail: str = ""

    @property
    def cut_off(self) -> bool:
        """Whether the user or a time limit ended the run: tasks that had not come back are unfinished, not lost."""
        return self.end in {End.TIME_UP, End.INTERRUPTED}

    def __str__(self) -> str:
        return f"{self.end}: {self.detail}" if self.detail else str(self.end)


def supervise(
    loop: Loop, history: History, transport: Transport, tick: Callable[[], None], deadline: float = math.inf
) -> Ending:
    """Run a loop in a thread until it ends or cannot be expected to end.

    When a process dies, the loop submits no more; outstanding outcomes are collected until none arrive.

    Args:
        loop: what to run.
        history: the record that the loop writes.
        transport: that the loop uses; started.
        tick: called five times a second, to show progress and to measure.
        deadline: when the loop stops submitting, in seconds of the monotonic clock.

    Raises:
        Exception: what the loop raised, other than that the transport broke.
    """
    producer = _ProducerThread(loop)
    with ProcessExits(transport.processes()) as exits:
        producer.start()
        try:
            ending = _watch(producer, history, transport, exits, tick, deadline)
        except KeyboardInterrupt:
            ending = Ending(End.INTERRUPTED)
        finally:
            loop.submitting = loop.collecting = False
            producer.finished.wait(THREAD_ENDS_WITHIN)
    if producer.error is not None and not isinstance(producer.error, BrokenError):
        raise producer.error
    return ending


class _ProducerThread(threading.Thread):
    """Runs the loop and keeps the exception that ended it."""

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
    producer: _ProducerThread,
    history: History,
    transport: Transport,
    exits: ProcessExits,
    tick: Callable[[], None],
    deadline: float,
) -> Ending:
    settled, changed, longest = 0, time.monotonic(), 0.0
    dead: list[str] = []
    while not producer.finished.wait(LOOK_EVERY):
        tick()
        now = time.monotonic()
        if history.settled != settled or history.settled == history.attempted:  # with nothing outstanding, none is due
            longest = max(longest, now - changed)
            settled, changed = history.settled, now
        if not dead and (dead := exits.ended()):
            longest = max(longest, now - changed)  # silence before the exit has other reasons
        dead = dead or list(transport.absent())  # noticed late: the silence before belongs to the death
        quiet = now - changed
        if dead and quiet > transport.redelivery + max(QUIET, QUIET_FACTOR * longest):
            return Ending(End.DIED, ", ".join(dead))
        if quiet > STALLED:
            return Ending(End.HUNG, f"no outcome for {quiet:.0f} s, though no process died")
        if dead or now > deadline:
            producer.loop.submitting = False
        if now > deadline + DRAIN_WITHIN:
            return Ending(End.TIME_UP)
    return _ending_of(producer, transport, exits, dead, deadline)


def _ending_of(
    producer: _ProducerThread, transport: Transport, exits: ProcessExits, dead: list[str], deadline: float
) -> Ending:
    """Return how a run ended whose loop has returned."""
    broken = isinstance(producer.error, BrokenError)
    within = LOOK_EVERY if broken else 0.0  # a connection closes slightly earlier than its process ends
    dead = dead or exits.ended(within) or list(transport.absent())
    if broken:  # its message says more than the list of dead processes
        return Ending(End.BROKEN, "; died: ".join([str(producer.error), *([", ".join(dead)] if dead else [])]))
    if dead:
        return Ending(End.DIED, ", ".join(dead))
    return Ending(End.FINISHED if time.monotonic() < deadline else End.TIME_UP)
