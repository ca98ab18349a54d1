"""A transport that misbehaves is found out, and for what it does."""

import re
import threading

import pytest
from misbehaving import (
    TASKS,
    Alters,
    BreaksEarly,
    Drops,
    FallsSilent,
    Invents,
    LosesItsWorker,
    Refuses,
    Repeats,
    Reverses,
    Swaps,
    Wavers,
)
from sample_histories import Doubling
from waiting import PATIENCE

from crossover.analysis.verdict import verdict_of_history
from crossover.contract.options import Options
from crossover.contract.safety import Safety
from crossover.execution import supervision
from crossover.execution.load.closed_loop import ClosedLoop
from crossover.execution.load.load import Load
from crossover.execution.measure import measure
from crossover.recording.history import History
from local_ipc.serial import SerialTransport


def verdict(kind, give_up_after=None):
    """Run a transport until all is settled, or for some seconds."""
    history, workload = History(TASKS, 1), Doubling(TASKS)
    with kind(Options(), Safety.DEFAULT) as transport:
        transport.start(workload, 1)
        loop = ClosedLoop(transport, workload, history, 2 * TASKS)
        running = threading.Thread(target=loop.run)
        running.start()
        running.join(give_up_after or 30)
        assert running.is_alive() == bool(give_up_after)
        history.stop_collecting()
        running.join(PATIENCE)
    return terms(history)


def terms(history):
    """All that the ledger says, without what is 0."""
    judged = verdict_of_history(history)
    return {name: found for name in judged.__struct_fields__ if (found := getattr(judged, name))}


SOUND = {"attempted": TASKS, "accepted": TASKS, "completed": TASKS}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (SerialTransport, SOUND),
        (Repeats, SOUND | {"duplicated": 20}),
        (Reverses, SOUND | {"reordered": TASKS - 1}),
        (Alters, SOUND | {"corrupted": 1}),
        (Swaps, SOUND | {"corrupted": TASKS, "reordered": TASKS // 2}),
        (Invents, SOUND | {"unexpected": 1}),
        (Refuses, {"attempted": TASKS, "accepted": TASKS // 2, "completed": TASKS // 2, "failed": TASKS // 2}),
        (Wavers, {"attempted": TASKS, "completed": TASKS, "recovered": TASKS}),
    ],
)
def test_what_it_does_wrong_is_found_and_nothing_else(kind, expected):
    assert verdict(kind) == expected


def test_what_it_drops_is_lost():
    assert verdict(Drops, give_up_after=1) == SOUND | {"completed": 180, "lost": 20}


def observe(kind, **limits):
    load = Load(TASKS, 1, 1, 10)
    return measure(kind(Options(), Safety.DEFAULT), Doubling(TASKS), load, lambda _: None, **limits)


def test_one_that_falls_silent_is_said_to_hang_and_what_is_outstanding_is_lost():
    seen = observe(FallsSilent, hang_after=0.5)
    assert seen.ending.end is supervision.End.HUNG
    assert "no outcome for" in seen.ending.detail
    assert terms(seen.history) == {"attempted": 110, "accepted": 110, "completed": 100, "lost": 10}


def test_one_whose_worker_on_another_machine_died_ends_soon_and_what_is_outstanding_is_lost():
    seen = observe(LosesItsWorker)
    assert seen.ending == (supervision.End.DIED, "worker w1@host")
    assert terms(seen.history) == {"attempted": 110, "accepted": 110, "completed": 100, "lost": 10}


def test_one_that_breaks_before_its_worker_can_be_seen_to_have_died_names_it_nevertheless():
    seen = observe(BreaksEarly)
    assert seen.ending.end is supervision.End.BROKEN
    assert re.fullmatch(r"its pipe has ended; died: worker \d+", seen.ending.detail)


def test_what_it_does_wrong_is_found_in_a_measured_run_too():
    seen = observe(Alters)
    assert seen.ending.end is supervision.End.FINISHED
    assert terms(seen.history) == SOUND | {"corrupted": 1}
