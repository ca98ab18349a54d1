"""One run of a shared state: workers that begin at one moment, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import wait
from typing import NamedTuple

from crossover.contract.counters import GIVEN_UP_AFTER
from crossover.contract.errors import BrokenError, StartError
from crossover.contract.phase import Phase
from crossover.contract.shared_state import SharedState
from crossover.contract.updates import UpdatePlan, UpdateReport
from crossover.execution import interruption
from crossover.execution.counters.counter_workers import CounterWorkers
from crossover.execution.process_exits import ProcessExits
from crossover.execution.supervision import LOOK_EVERY, Ending
from crossover.results.records import End
from crossover.workers.fleet import interrupts_held_back

GATHER = 0.02  # seconds from the word until all begin: each must have heard it
LATEST = 600.0  # seconds until a run must have ended, whatever was asked for
AFTER_THE_END = 12.0  # seconds for the last update to come back, be it through a broker that does not answer
AFTER_A_DEATH = GIVEN_UP_AFTER + 1.0  # ... where somebody has died, perhaps with the lock
ENDLESS = 2**62  # updates
SAMPLES = 2**19  # latencies that are kept, of all workers


class CounterRun(NamedTuple):
    """What was seen of one run.

    Attributes:
        works: of each worker.
        final: what the counter is in the end; None where nobody can say.
        ending: how it ended.
    """

    works: Sequence[UpdateReport]
    final: int | None
    ending: Ending


def contend(
    state: SharedState,
    workers: int,
    seconds: float,
    updates: int | None,
    phases: Callable[[Phase], None] = lambda _: None,
) -> CounterRun:
    """Let workers change a counter, and leave nothing behind.

    Args:
        state: not yet started; it is stopped here.
        workers: how many.
        seconds: how long, where nobody says how often.
        updates: how many, in all.
        phases: called with what the run is at, several times a second while it is measured.

    Raises:
        UnusableError: it cannot be started.
        KeyboardInterrupt: Ctrl-C; such a run says nothing.
    """
    crowd = CounterWorkers(state, workers)
    try:
        try:
            crowd.start()
        except (OSError, RuntimeError, BrokenError) as error:  # no descriptors, no memory; a server went away
            raise StartError(f"it cannot be started: {error}") from error
        works, ending = _run(crowd, state, seconds, updates, lambda: phases(Phase.MEASURING))
        return _read(state, works, ending)
    finally:
        with interrupts_held_back():
            crowd.stop()
            state.stop()


def _run(
    crowd: CounterWorkers, state: SharedState, seconds: float, updates: int | None, tick: Callable[[], None]
) -> tuple[list[UpdateReport], Ending]:
    """Give the word, and wait until every worker has said what it did, or never will."""
    tick()
    begin = time.monotonic_ns() + int(GATHER * 1e9)
    until = begin + int((seconds if updates is None else LATEST) * 1e9)
    for number in range(crowd.workers):
        most = ENDLESS if updates is None else len(range(number, updates, crowd.workers))
        crowd.tell(number, UpdatePlan(begin, until, most, SAMPLES // crowd.workers))
    latest = until / 1e9 + AFTER_THE_END
    dead: list[str] = []
    with ProcessExits(state.processes()) as deaths:
        while crowd.busy and time.monotonic() < latest:
            crowd.listen(wait(crowd.busy, LOOK_EVERY))
            tick()
            interruption.raise_if_requested()
            if not dead and (dead := [*crowd.dead, *deaths.ended()]):
                latest = min(latest, time.monotonic() + AFTER_A_DEATH)
        if crowd.broken:
            time.sleep(LOOK_EVERY)  # connections end a little earlier than the process that had them
        dead = [*crowd.dead, *deaths.ended()]
    silent = len(crowd.busy)
    works = crowd.works(begin)  # whoever hangs must not write any more
    if dead:
        return works, Ending(End.DIED, ", ".join(dead))
    if crowd.broken:
        return works, Ending(End.COUNTER_LOST, crowd.broken)
    if silent:
        return works, Ending(End.HUNG, f"nothing was heard of {silent} of {crowd.workers} workers")
    if updates is not None and max(work.ended for work in works) >= until:
        return works, Ending(End.TIME_UP, f"{LATEST:g} s")
    return works, Ending(End.FINISHED)


def _read(state: SharedState, works: Sequence[UpdateReport], ending: Ending) -> CounterRun:
    if ending.end is End.HUNG:  # whoever keeps the counter may be what hangs
        return CounterRun(works, None, ending)
    try:
        return CounterRun(works, state.read(), ending)
    except BrokenError as error:
        return CounterRun(
            works, None, ending if ending.end is not End.FINISHED else Ending(End.COUNTER_LOST, str(error))
        )
