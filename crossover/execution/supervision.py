"""Supervises a run from outside: by its record, by the ends of its processes, and by what its producer reports.

Nothing in the producer process can block the command: a client library may wait for ever there, a person's function may
stop it, replace its streams or close its descriptors.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import NamedTuple

from crossover.execution.process_exits import ProcessExits
from crossover.execution.producer.producer_handle import ProducerHandle
from crossover.execution.producer.protocol import Failure
from crossover.recording.shared_history import SharedHistory
from crossover.results.records import End
from workloads.base import InputError

LOOK_EVERY = 0.2  # seconds
QUIET = 1.0  # seconds without an outcome, after a process died, that count as "no more will come"
QUIET_FACTOR = 3  # ... or this many times the longest silence before, where that is longer
STALLED = 600.0  # seconds without an outcome, all workers alive, that count as "hung"
DRAIN_WITHIN = 5.0  # seconds after the time limit in which outstanding tasks may come back
REPORTS_WITHIN = 1.0  # seconds in which the loop ends and reports after it was told to end


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
    producer: ProducerHandle, history: SharedHistory, tick: Callable[[int], None], deadline: float = math.inf
) -> Ending:
    """Watch a loop until it ends or cannot be expected to end; then complete its history.

    When a process dies, the loop is told to submit no more; outstanding outcomes are collected until none arrive.

    Args:
        producer: runs the loop.
        history: the record that the loop writes.
        tick: called five times a second with the number of settled tasks, to show progress and to measure; may raise
            KeyboardInterrupt.
        deadline: when the loop is told to submit no more, in seconds of the monotonic clock.

    Raises:
        InputError: the workload, or its input, cannot be used.
    """
    with ProcessExits({"producer": [producer.pid], **producer.ready.processes}) as exits:
        try:
            ending = _watch(producer, history, exits, tick, deadline)
        except KeyboardInterrupt:
            ending = Ending(End.INTERRUPTED)
        finally:
            history.stop_collecting()
            until = time.monotonic() + REPORTS_WITHIN
            while producer.report is None and producer.alive and time.monotonic() < until:
                producer.receive(LOOK_EVERY)
    producer.receive(0)
    if producer.report is None:
        history.recount()
        return ending
    history.take_counts(producer.report.counts)
    if producer.report.failure is Failure.INPUT:
        raise InputError(producer.report.error)
    if producer.report.failure is Failure.DEFECT:
        return Ending(End.BROKEN, f"the producer failed: {producer.report.error}")  # a user may have replaced anything
    return ending


def _watch(
    producer: ProducerHandle, history: SharedHistory, exits: ProcessExits, tick: Callable[[int], None], deadline: float
) -> Ending:
    before, changed, longest = 0, time.monotonic(), 0.0
    dead: list[str] = []
    while producer.report is None and producer.alive:
        producer.receive(LOOK_EVERY)
        attempted, settled = history.look()
        tick(settled)
        now = time.monotonic()
        if settled != before or settled >= attempted:  # with nothing outstanding, none is due
            longest = max(longest, now - changed)
            before, changed = settled, now
        if not dead and (dead := exits.ended()):
            longest = max(longest, now - changed)  # silence before the exit has other reasons
        dead = dead or producer.absent  # noticed late: the silence before belongs to the death
        quiet = now - changed
        if producer.report is not None:
            break
        if dead and quiet > producer.ready.redelivery + max(QUIET, QUIET_FACTOR * longest):
            return Ending(End.DIED, ", ".join(dead))
        if quiet > STALLED:
            return Ending(End.HUNG, f"no outcome for {quiet:.0f} s, though no process died")
        if dead or now > deadline:
            history.stop_submitting()
        if now > deadline + DRAIN_WITHIN:
            return Ending(End.TIME_UP)
    producer.receive(0)
    return _ending_of(producer, exits, dead, deadline)


def _ending_of(producer: ProducerHandle, exits: ProcessExits, dead: list[str], deadline: float) -> Ending:
    """Return how a run ended whose loop has ended, or whose producer has."""
    report = producer.report
    broken = report is not None and report.failure is Failure.BROKEN
    within = LOOK_EVERY if broken or report is None else 0.0  # a connection closes before its process has ended
    dead = dead or exits.ended(within) or producer.absent
    if report is not None and broken:  # its message says more than the list of dead processes
        return Ending(End.BROKEN, "; died: ".join([report.error, *([", ".join(dead)] if dead else [])]))
    if dead:
        return Ending(End.DIED, ", ".join(dead))
    return Ending(End.FINISHED if time.monotonic() < deadline else End.TIME_UP)
