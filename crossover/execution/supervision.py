"""Supervises a run from outside: by its record, by the ends of its processes, and by what its producer reports.

Nothing in the producer process can block the command: a client library may wait for ever there, a person's function may
stop it, replace its streams or close its descriptors.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from operator import sub
from typing import NamedTuple

from crossover.execution.hangs import LikelyCause, Workers, may_hang
from crossover.execution.oom_killer import oom_kills
from crossover.execution.process_exits import ProcessExits
from crossover.execution.producer.producer_handle import ProducerHandle
from crossover.execution.producer.protocol import Failure
from crossover.recording.shared_history import SharedHistory
from crossover.results.records import End
from crossover.workers.processes.exit_words import how_it_ended
from workloads.base import InputError

LOOK_EVERY = 0.2  # seconds
QUIET = 1.0  # seconds without an outcome, after a process died, that count as "no more will come"
QUIET_FACTOR = 3  # ... or this many times the longest silence before, where that is longer
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


class Limits(NamedTuple):
    """When a run is ended that does not end.

    Attributes:
        deadline: when the loop is told to submit no more, in seconds of the monotonic clock.
        hang_after: seconds without an outcome, and without a worker inside a task, that count as a hang; None: this
            follows from the tasks so far.
        likely_cause: called when a run hangs.
    """

    deadline: float = math.inf
    hang_after: float | None = None
    likely_cause: LikelyCause = lambda _: ""


NO_LIMITS = Limits()


def supervise(
    producer: ProducerHandle, history: SharedHistory, tick: Callable[[int], None], limits: Limits = NO_LIMITS
) -> Ending:
    """Watch a loop until it ends or cannot be expected to end; then complete its history.

    When a process dies, the loop is told to submit no more; outstanding outcomes are collected until none arrive.

    Args:
        producer: runs the loop.
        history: the record that the loop writes.
        tick: called five times a second with the number of settled tasks, to show progress and to measure; may raise
            KeyboardInterrupt.
        limits: when it is ended early.

    Raises:
        InputError: the workload, or its input, cannot be used.
    """
    killed_before = oom_kills()
    dead: Sequence[str] = ()
    with ProcessExits({"producer": [producer.pid], **producer.ready.processes}) as exits:
        try:
            ending, dead = _watch(producer, history, exits, tick, limits)
        except KeyboardInterrupt:
            ending = Ending(End.INTERRUPTED)
        finally:
            history.stop_collecting()
            until = time.monotonic() + REPORTS_WITHIN
            while producer.report is None and producer.alive and time.monotonic() < until:
                producer.receive(LOOK_EVERY)
    producer.receive(0)
    if dead:
        deaths = _deaths(dead, producer, for_lack_of_memory=oom_kills() > killed_before)
        ending = ending._replace(detail=f"{ending.detail}; died: {deaths}" if ending.detail else deaths)
    if producer.report is None:
        history.recount()
        return ending
    history.take_counts(producer.report.counts)
    if producer.report.failure is Failure.INPUT:
        raise InputError(producer.report.error)
    if producer.report.failure is Failure.DEFECT:
        return Ending(End.BROKEN, f"the producer failed: {producer.report.error}")  # a user may have replaced anything
    return ending


def room_after(history: SharedHistory, deadline: float) -> bool:
    """Return whether a task as long as those of a record can come back before a run is ended at its deadline."""
    return time.monotonic() + longest_task(history) < deadline + DRAIN_WITHIN


def longest_task(history: SharedHistory) -> float:
    """Return how long the longest message of a warm-up took its worker, in seconds; 0 where none came back.

    Of those that have no time stamps, it is the time until they came back, which is little longer: a worker has one.
    """
    messages = zip(history.collected, history.started, history.sent, strict=True)
    unstamped: list[int] = [came - sent for came, started, sent in messages if came and not started]
    return max([*map(sub, history.finished, history.started), *unstamped], default=0) / 1e9


def _watch(
    producer: ProducerHandle, history: SharedHistory, exits: ProcessExits, tick: Callable[[int], None], limits: Limits
) -> tuple[Ending, Sequence[str]]:
    """Return how the run ended, and which processes have died."""
    workers = Workers(producer.activity, {**producer.ready.processes, "producer": [producer.pid]})
    before, sent, longest = 0, 0, 0.0
    changed = worked = time.monotonic()
    dead: Sequence[str] = ()
    while producer.report is None and producer.alive:
        producer.receive(LOOK_EVERY)
        attempted, settled = history.look()
        tick(settled)
        now = time.monotonic()
        filling = not settled and attempted != sent  # a backlog: its workers are stopped
        if settled != before or settled >= attempted or filling:  # with nothing outstanding, none is due
            longest = max(longest, 0.0 if filling else now - changed)
            before, sent, changed = settled, attempted, now
        if not dead and (dead := exits.ended()):
            longest = max(longest, now - changed)  # silence before the exit has other reasons
        dead = dead or producer.absent  # noticed late: the silence before belongs to the death
        if producer.report is not None:
            break
        quiet = now - changed
        if quiet > LOOK_EVERY and workers.working():
            worked = now  # an outcome may be on its way, even if the worker is idle at the next look
        idle = now - max(changed, worked)
        redelivery = producer.ready.redelivery if dead else 0.0  # what a dead worker had comes back only then
        if dead and idle > redelivery + max(QUIET, QUIET_FACTOR * longest):
            return Ending(End.DIED), dead
        if may_hang(idle - redelivery, limits.hang_after, longest, history, attempted):
            return Ending(End.HUNG, workers.why_hung(quiet, attempted - settled, limits.likely_cause)), dead
        if dead or now > limits.deadline:
            history.stop_submitting()
        if now > limits.deadline + DRAIN_WITHIN:
            return Ending(End.TIME_UP), dead
    producer.receive(0)
    return _ending_of(producer, exits, dead, limits.deadline)


def _ending_of(
    producer: ProducerHandle, exits: ProcessExits, dead: Sequence[str], deadline: float
) -> tuple[Ending, Sequence[str]]:
    """Return how a run ended whose loop has ended, or whose producer has, and which processes have died."""
    report = producer.report
    broken = report is not None and report.failure is Failure.BROKEN
    within = LOOK_EVERY if broken or report is None else 0.0  # a connection closes before its process has ended
    dead = dead or exits.ended(within) or producer.absent
    if report is not None and broken:  # its message says more than the list of dead processes
        return Ending(End.BROKEN, report.error), dead
    if dead:
        return Ending(End.DIED), dead
    return Ending(End.FINISHED if time.monotonic() < deadline else End.TIME_UP), ()


def _deaths(dead: Sequence[str], producer: ProducerHandle, *, for_lack_of_memory: bool) -> str:
    """Return the dead processes, each with how it ended, as far as its parent knows."""
    known = {str(pid): words for pid, words in producer.exits.items()}
    if (code := producer.process.exit_code) is not None:
        known[str(producer.pid)] = how_it_ended(code)
    found = ", ".join(" ".join(filter(None, [name, known.get(name.rpartition(" ")[2], "")])) for name in dead)
    if for_lack_of_memory:
        found += "; meanwhile the kernel's OOM killer has ended a process here: memory ran out"
    return found
