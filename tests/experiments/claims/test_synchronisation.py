"""What is said about locks and events: the verdicts here, and those where a library does the opposite."""

import multiprocessing
import subprocess
import sys
import time
from contextlib import nullcontext

import pytest
from waiting import PATIENCE

from crossover.experiments.claim_process import check
from crossover.experiments.claims import synchronisation
from crossover.experiments.claims.claim import all_claims
from crossover.report.wording.claims.messages import Messages
from crossover.results.claim_verdict import ClaimVerdict
from crossover.workers.limits.cpu import usable_cores

NEEDS_TWO_CORES = pytest.mark.skipif(usable_cores() == 1, reason="it needs two cores")
FORK = multiprocessing.get_context("fork")


@pytest.fixture(autouse=True)
def what_is_planted_reaches_every_process(monkeypatch):
    monkeypatch.setattr(multiprocessing, "Process", FORK.Process)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        pytest.param("lock", "lost without the lock and 0 with it", marks=NEEDS_TWO_CORES),
        ("event", "Of 30 waits, 0 ended before the event was set and 0 did not end"),
    ],
)
def test_what_is_said_is_true(name, words):
    run = check(all_claims()[name], 90, {})
    assert (run.verdict, run.reason) == (ClaimVerdict.TRUE, "")
    assert words in Messages("en").seen(run)


@NEEDS_TWO_CORES
def test_what_a_lock_costs_is_told():
    found = synchronisation.lock()
    assert found.verdict is ClaimVerdict.TRUE
    assert (found.facts["updates"], found.facts["lost"]) == (300_000, 0)
    assert all(0 < found.facts[name] < synchronisation.DEADLINE for name in ("update", "update_without"))


def test_how_soon_who_waits_goes_on_is_told():
    found = synchronisation.event()
    assert found.verdict is ClaimVerdict.TRUE
    assert {name: found.facts[name] for name in ("waits", "early", "missed")} == {"waits": 30, "early": 0, "missed": 0}
    assert 0 < found.facts["latency"] < synchronisation.DEADLINE


SCRIPT = """
import multiprocessing
from crossover.experiments.claims import synchronisation
if __name__ == "__main__":
    multiprocessing.set_start_method("{}")
    print(*(one().verdict for one in (synchronisation.lock, synchronisation.event)), sep=", ")
"""


@pytest.mark.long
@NEEDS_TWO_CORES
@pytest.mark.parametrize("start_method", ["spawn", "forkserver"])
def test_however_processes_start_the_verdicts_are_the_same(start_method, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(start_method))
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.stdout, done.stderr) == ("true, true\n", "")


@pytest.mark.long
@NEEDS_TWO_CORES
def test_a_lock_that_does_not_lock(monkeypatch):
    monkeypatch.setattr(multiprocessing, "Lock", nullcontext)
    found = synchronisation.lock()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["lost"] > 0


@pytest.mark.long
def test_where_nothing_is_lost_either_way_a_lock_proves_nothing(monkeypatch):
    always, add = multiprocessing.Lock(), synchronisation.add

    def add_and_lose_nothing(number, updates, start, lock=always):
        add(number, updates, start, lock)

    monkeypatch.setattr(synchronisation, "add", add_and_lose_nothing)
    found = synchronisation.lock()
    assert found.verdict is ClaimVerdict.COULD_NOT_TELL
    assert found.reason == "no update was lost without a lock either"


class Stuck(nullcontext):
    """A lock that nobody gets."""

    def __enter__(self):
        time.sleep(60)


def test_a_lock_that_nobody_gets(monkeypatch):
    monkeypatch.setattr(synchronisation, "DEADLINE", 3)
    monkeypatch.setattr(multiprocessing, "Lock", Stuck)
    assert synchronisation.lock().verdict is ClaimVerdict.COULD_NOT_TELL


class DoesNotWait:
    """An event that lets every process go on at once."""

    def wait(self, _timeout):
        return True

    def set(self):
        pass


def test_an_event_that_does_not_make_anybody_wait(monkeypatch):
    monkeypatch.setattr(multiprocessing, "Event", DoesNotWait)
    found = synchronisation.event()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["early"] > 0


class WakesNobody:
    """An event that no process is told of."""

    def __init__(self):
        self._never = FORK.Event()

    def wait(self, timeout):
        return self._never.wait(timeout)

    def set(self):
        pass


def test_an_event_that_wakes_nobody(monkeypatch):
    monkeypatch.setattr(synchronisation, "DEADLINE", 3)
    monkeypatch.setattr(multiprocessing, "Event", WakesNobody)
    found = synchronisation.event()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["missed"] == found.facts["waits"] > 0
    assert "latency" not in found.facts
