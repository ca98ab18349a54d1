"""What is said about the speed of pools: the verdicts here, and those where a pool does the opposite."""

import multiprocessing
import os
import pathlib
import sys
from contextlib import nullcontext
from multiprocessing.pool import ThreadPool

import pytest

from crossover.experiments.claim_process import check
from crossover.experiments.claims import pool_speed
from crossover.experiments.claims.claim import all_claims
from crossover.report.wording.claims.messages import LANGUAGES, Messages
from crossover.results.claim_verdict import ClaimVerdict
from crossover.workers.limits.cpu import usable_cores

NEEDS_TWO_CORES = pytest.mark.skipif(usable_cores() == 1, reason="it needs two cores")
HAS_GIL = getattr(sys, "_is_gil_enabled", lambda: True)()


@pytest.mark.long
@NEEDS_TWO_CORES
def test_no_number_of_workers_suits_both_tasks_that_compute_and_tasks_that_wait():
    run = check(all_claims()["pool-size"], 90, {})
    assert (run.verdict, run.reason) == (ClaimVerdict.MISLEADING, "")
    cores = run.facts["cores"]
    assert cores == min(pool_speed.MOST_CORES, pool_speed.cores())
    assert run.facts["waiting"] > cores
    assert list(run.facts["curves"]["waiting"])[-1] == str(4 * cores)
    assert run.facts["unit"] == "tasks/s"
    assert f"the rule says {cores + 1}" in Messages("en").seen(run)
    assert all("{" not in Messages(language).seen(run) for language in LANGUAGES)


@pytest.mark.long
@NEEDS_TWO_CORES
@pytest.mark.skipif(not HAS_GIL, reason="threads compute side by side")
def test_a_pool_is_for_what_computes_and_threads_do_for_what_waits():
    run = check(all_claims()["pool-cpu-heavy"], 90, {})
    assert (run.verdict, run.reason) == (ClaimVerdict.TRUE, "")
    assert run.facts["computing_pool"] > run.facts["computing_threads"]
    assert all("{" not in Messages(language).seen(run) for language in LANGUAGES)


def test_tasks_are_counted_from_the_first_that_begins_to_the_last_that_ends():
    spans = [pool_speed.Span(1.0, 3.0, 2.0), pool_speed.Span(2.0, 5.0, 1.0), pool_speed.Span(2.0, 4.0, 0.0)]
    assert pool_speed.elapsed(spans) == 4.0
    assert pool_speed.speed(spans) == 0.75
    assert pool_speed.at_a_time(spans) == 0.75


def test_where_linux_does_not_tell_for_how_long_a_thread_has_waited_nothing_is_added(monkeypatch):
    assert pool_speed.waited_for_a_core() >= 0
    monkeypatch.setattr(pool_speed, "Path", lambda _: pathlib.Path("no such file"))
    assert pool_speed.waited_for_a_core() == 0


def pretend(monkeypatch, cores, processes, threads=ThreadPool):
    """Have the experiments see a number of cores and other kinds of pools; no task needs a core."""
    monkeypatch.setattr(pool_speed, "cores", lambda: cores)
    monkeypatch.setattr(pool_speed, "REPETITIONS", 3)
    monkeypatch.setattr(pool_speed, "KINDS", {"computing": pool_speed.wait, "waiting": pool_speed.wait})
    monkeypatch.setattr(multiprocessing, "Pool", processes)
    monkeypatch.setattr(pool_speed, "ThreadPool", threads)


class Undisturbed(nullcontext):
    """A pool whose tasks take as long as they would if no other program were running; none of them is really done."""

    most = 100  # workers

    def __init__(self, workers):
        super().__init__(self)
        self._workers = min(workers, self.most)

    def map(self, task, items):
        at_once = 1 if task is alone else self._workers
        begins = [pool_speed.WAIT * (position // at_once) for position, _ in enumerate(items)]
        return [pool_speed.Span(began, began + pool_speed.WAIT, pool_speed.WAIT) for began in begins]


def alone(_):
    """Stand for a task that waits until no other one of its kind is being done."""


def limited(most):
    """Return a kind of pool that never has more than some workers."""
    return type("Limited", (Undisturbed,), {"most": most})


@pytest.mark.parametrize(
    ("most", "enough", "verdict"),
    [(3, 3, ClaimVerdict.TRUE), (2, 2, ClaimVerdict.TRUE), (8, 8, ClaimVerdict.MISLEADING)],
)
def test_the_rule_is_right_where_more_workers_bring_nothing(monkeypatch, most, enough, verdict):
    pretend(monkeypatch, 2, limited(most))
    found = pool_speed.pool_size()
    assert found.verdict is verdict
    assert found.facts["computing"] == found.facts["waiting"] == enough


def test_on_a_large_machine_some_of_its_cores_are_used_and_all_of_them_afterwards(monkeypatch):
    allowed = os.sched_getaffinity(0)
    pretend(monkeypatch, 2, ThreadPool)
    monkeypatch.setattr(pool_speed, "MOST_CORES", 1)
    during = []
    monkeypatch.setattr(pool_speed, "cores", lambda: during.append(os.sched_getaffinity(0)) or 2)
    pool_speed.pool_size()
    assert during[0] == {min(allowed)}
    assert os.sched_getaffinity(0) == allowed


def test_tasks_of_one_kind_are_enough_to_make_the_rule_misleading(monkeypatch):
    pretend(monkeypatch, 2, Undisturbed)
    monkeypatch.setitem(pool_speed.KINDS, "computing", alone)
    found = pool_speed.pool_size()
    assert found.verdict is ClaimVerdict.MISLEADING
    assert (found.facts["computing"], found.facts["waiting"]) == (1, 8)


def test_a_pool_of_processes_that_does_no_more_than_threads_is_not_worth_it(monkeypatch):
    before = sys.getswitchinterval()
    pretend(monkeypatch, 2, ThreadPool)
    assert pool_speed.pool_cpu_heavy().verdict is ClaimVerdict.MISLEADING
    assert sys.getswitchinterval() == before


def test_where_threads_wait_one_after_the_other_a_pool_is_for_tasks_that_wait_too(monkeypatch):
    pretend(monkeypatch, 2, Undisturbed, limited(1))
    found = pool_speed.pool_cpu_heavy()
    assert found.verdict is ClaimVerdict.BUT
    assert found.facts["waiting_pool_speedup"] > found.facts["waiting_threads_speedup"]


@pytest.mark.long
@NEEDS_TWO_CORES
@pytest.mark.skipif(not HAS_GIL, reason="threads compute side by side")
def test_threads_compute_one_at_a_time(monkeypatch):
    monkeypatch.setattr(multiprocessing, "Pool", ThreadPool)
    found = pool_speed.pool_cpu_heavy()
    assert found.verdict is ClaimVerdict.MISLEADING
    assert found.facts["waiting_pool"] > found.facts["computing_pool"]
