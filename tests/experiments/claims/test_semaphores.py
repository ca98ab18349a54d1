"""What is said about semaphores: the verdicts here, and those where a library does the opposite."""

import multiprocessing
import os
import subprocess
import sys
from functools import partial

import pytest
from waiting import PATIENCE

from crossover.experiments.claim_process import check
from crossover.experiments.claims import semaphores
from crossover.experiments.claims.claim import all_claims
from crossover.report.wording.claims.messages import Messages
from crossover.results.claim_verdict import ClaimVerdict

FORK = multiprocessing.get_context("fork")


@pytest.fixture(autouse=True)
def what_is_planted_reaches_every_process(monkeypatch):
    monkeypatch.setattr(multiprocessing, "Process", FORK.Process)


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "verdict", "words"),
    [
        (
            "semaphore",
            ClaimVerdict.TRUE,
            "at most 2 of 6 processes were inside at once. Released once too often, it let 3 in",
        ),
        ("semaphore-vs-pool", ClaimVerdict.TRUE, "behind a semaphore of 4: 40 processes, 40 of them alive at once"),
        ("semaphore-mixed", ClaimVerdict.BUT, "times without it and 8 with it"),
    ],
)
def test_what_is_found(name, verdict, words):
    run = check(all_claims()[name], 90, {})
    assert (run.verdict, run.reason) == (verdict, "")
    assert words in Messages("en").seen(run)


SCRIPT = """
import multiprocessing
from crossover.experiments.claims import semaphores
if __name__ == "__main__":
    multiprocessing.set_start_method("{}")
    print(semaphores.semaphore().verdict, semaphores.most_inside(multiprocessing.Semaphore(3), 4))
"""


@pytest.mark.long
@pytest.mark.parametrize("start_method", ["spawn", "forkserver"])
def test_however_processes_start_as_many_are_inside(start_method, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(start_method))
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.stdout, done.stderr) == ("true 3\n", "")


@pytest.mark.parametrize("let_in", [1, 3])
def test_a_semaphore_that_lets_fewer_or_more_in(let_in, monkeypatch):
    monkeypatch.setattr(multiprocessing, "Semaphore", lambda _: FORK.Semaphore(let_in))
    found = semaphores.semaphore()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["most"] == let_in


@pytest.mark.long
def test_a_semaphore_that_lets_nobody_in(monkeypatch):
    monkeypatch.setattr(semaphores, "DEADLINE", 3)
    monkeypatch.setattr(multiprocessing, "Semaphore", lambda _: FORK.Semaphore(0))
    assert semaphores.semaphore().verdict is ClaimVerdict.COULD_NOT_TELL


@pytest.mark.long
def test_a_bounded_semaphore_that_is_not(monkeypatch):
    monkeypatch.setattr(multiprocessing, "BoundedSemaphore", FORK.Semaphore)
    assert semaphores.semaphore().facts["bounded"] == "no error"


@pytest.mark.long
def test_a_pool_that_starts_a_process_for_each_task(monkeypatch):
    monkeypatch.setattr(multiprocessing, "Pool", partial(FORK.Pool, maxtasksperchild=1))
    found = semaphores.semaphore_vs_pool()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["pool_processes"] >= found.facts["tasks"]


def generous(value):
    """Return a semaphore that lets nine in for each release."""
    semaphore = FORK.Semaphore(value)
    let_in = semaphore.release
    semaphore.release = lambda: [let_in() for _ in range(9)]
    return semaphore


@pytest.mark.long
def test_a_semaphore_that_lets_too_many_work_at_once(monkeypatch):
    monkeypatch.setattr(multiprocessing, "Semaphore", generous)
    found = semaphores.semaphore_vs_pool()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["at_once"] > found.facts["n"]


@pytest.mark.long
def test_tasks_behind_a_semaphore_whose_processes_never_go_in(monkeypatch):
    monkeypatch.setattr(semaphores, "DEADLINE", 3)
    monkeypatch.setattr(semaphores, "guarded_task", lambda semaphore, _: semaphore.acquire() and os._exit(1))
    assert semaphores.semaphore_vs_pool().verdict is ClaimVerdict.COULD_NOT_TELL


@pytest.mark.long
def test_a_semaphore_that_lets_all_compute_at_once_saves_no_switching(monkeypatch):
    monkeypatch.setattr(multiprocessing, "Semaphore", lambda _: FORK.Semaphore(8))
    found = semaphores.semaphore_mixed()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["switches"] > 8


def test_tasks_on_one_core_are_seen_to_end_and_to_follow_each_other():
    last, on_average, switches = semaphores.do_mixed(2, 4, 1, multiprocessing.Semaphore(1))
    assert 2 * semaphores.IO <= on_average <= last
    assert 2 <= switches <= 4


@pytest.mark.parametrize(
    ("many", "guarded", "verdict"),
    [
        ((2, 1.9, 90), (1, 0.5, 8), ClaimVerdict.TRUE),
        ((2, 1.9, 90), (1.5, 0.5, 8), ClaimVerdict.BUT),
        ((2, 1.9, 10), (1, 0.5, 8), ClaimVerdict.FALSE),
        ((3, 1.9, 90), (1, 0.5, 8), ClaimVerdict.FALSE),
    ],
    ids=["less time", "about the same time", "no less switching", "many are no faster than one"],
)
def test_what_the_times_and_the_switches_say(many, guarded, verdict, monkeypatch):
    runs = iter(3 * [(3, 2.5, 1), many, guarded])
    monkeypatch.setattr(semaphores, "do_mixed", lambda *_: next(runs))
    found = semaphores.semaphore_mixed()
    assert found.verdict is verdict
    assert (found.facts["bars"], found.facts["unit"]) == (
        {"1 process": 3, "8 processes": many[0], "8 with a Semaphore": guarded[0]},
        "s",
    )
    assert [found.facts[name] for name in ("tasks", "one", "many", "guarded")] == [8, 3, many[0], guarded[0]]
    assert [found.facts[name] for name in ("end_many", "switches_many")] == [*many[1:]]
    assert [found.facts[name] for name in ("end_guarded", "switches")] == [*guarded[1:]]


@pytest.mark.parametrize(("round_", "verdict"), [(0, ClaimVerdict.BUT), (3, ClaimVerdict.TRUE)])
def test_one_round_that_is_disturbed_does_not_decide(round_, verdict, monkeypatch):
    one, many, guarded, slow = (3, 2.5, 1), (2, 1.9, 90), (1, 0.5, 8), (4, 0.5, 8)
    runs = (run for number in range(3) for run in (one, many, slow if number == round_ else guarded))
    monkeypatch.setattr(semaphores, "do_mixed", lambda *_: next(runs))
    assert semaphores.semaphore_mixed().verdict is verdict


def test_tasks_that_do_not_end_say_nothing(monkeypatch):
    monkeypatch.setattr(semaphores, "do_mixed", lambda *_: None)
    found = semaphores.semaphore_mixed()
    assert (found.verdict, found.reason) == (ClaimVerdict.COULD_NOT_TELL, semaphores.LATE)


def test_tasks_that_are_late_are_ended(monkeypatch):
    monkeypatch.setattr(semaphores, "DEADLINE", 3)
    assert semaphores.do_mixed(2, 2, 1, FORK.Semaphore(0)) is None
