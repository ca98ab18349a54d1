"""What is said about threads: the verdicts here, and those where a library does the opposite."""

import os
import sys
import threading
import time
from contextlib import nullcontext
from multiprocessing.pool import ThreadPool
from types import FunctionType, SimpleNamespace

import pytest

from crossover.experiments.claim_process import check
from crossover.experiments.claims import threads
from crossover.experiments.claims.claim import all_claims
from crossover.report.wording.claims.messages import Messages
from crossover.results.claim_verdict import ClaimVerdict
from crossover.workers.limits.cpu import usable_cores

NEEDS_TWO_CORES = pytest.mark.skipif(usable_cores() == 1, reason="it needs two cores")
HAS_GIL = getattr(sys, "_is_gil_enabled", lambda: True)()


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "verdict", "words"),
    [
        ("thread-same-process", ClaimVerdict.TRUE, "together they had 1 process id"),
        ("thread-shares-globals", ClaimVerdict.BUT, "100 was 99 after"),
        (
            "thread-main-waits",
            ClaimVerdict.MISLEADING,
            "3 of 3 ordinary threads finished their work, and 0 of 3 daemon",
        ),
        ("thread-scheduled-unit", ClaimVerdict.TRUE, "Starting and joining a thread took"),
        ("thread-faster-for-compute", ClaimVerdict.FALSE, "with 50 new processes"),
        ("gil", ClaimVerdict.TRUE if HAS_GIL else ClaimVerdict.FALSE, "Two threads were"),
    ],
)
def test_what_is_found(name, verdict, words):
    one = all_claims()[name]
    if usable_cores() < one.cores:
        pytest.skip("it needs two cores")
    run = check(one, 90, {})
    assert (run.verdict, run.reason) == (verdict, "")
    assert words in Messages("en").seen(run)


def test_threads_that_are_processes_of_their_own(monkeypatch):
    monkeypatch.setattr(os, "getpid", threading.get_native_id)  # as it was on Linux before NPTL
    found = threads.thread_same_process()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["pids"] == 4


class WithCopies(threading.Thread):
    """A thread that is given a copy of the global data, as a process is."""

    def run(self):
        function, arguments = getattr(self._target, "func", self._target), getattr(self._target, "args", ())
        FunctionType(function.__code__, dict(function.__globals__))(*arguments)


def test_threads_that_do_not_share_global_data(monkeypatch):
    monkeypatch.setattr(threading, "Thread", WithCopies)
    found = threads.thread_shares_globals()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["after"] == 100


def test_updates_are_lost_for_want_of_a_lock_and_no_update_with_one():
    facts = threads.thread_shares_globals().facts
    assert 0 < facts["lost"] < facts["updates"]
    assert facts["lost_with_lock"] == 0


def test_updates_that_are_all_made_under_a_lock(monkeypatch):
    monkeypatch.setattr(threads, "nullcontext", threading.Lock)
    assert threads.thread_shares_globals().verdict is ClaimVerdict.TRUE


def test_a_lock_that_does_not_lock(monkeypatch):
    fake = SimpleNamespace(Thread=threading.Thread, Barrier=threading.Barrier, Lock=nullcontext)
    monkeypatch.setattr(threads, "threading", fake)
    assert threads.thread_shares_globals().verdict is ClaimVerdict.MISLEADING


@pytest.fixture
def programs_do(monkeypatch, tmp_path):
    """Give a line that each Python program does first."""

    def plant(line):
        (tmp_path / "sitecustomize.py").write_text(f"import threading\n{line}\n")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    return plant


def test_an_interpreter_that_waits_for_no_thread(programs_do):
    programs_do("threading._shutdown = lambda: None")
    found = threads.thread_main_waits()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["finished"] == 0


def test_an_interpreter_that_waits_for_daemon_threads_too(programs_do, monkeypatch):
    programs_do(
        "create = threading.Thread.__init__\n"
        "threading.Thread.__init__ = lambda thread, daemon, target: create(thread, target=target)"
    )
    monkeypatch.setattr(threads, "PROGRAM", threads.PROGRAM.replace("time.sleep({seconds})", "time.sleep(0)"))
    found = threads.thread_main_waits()
    assert found.verdict is ClaimVerdict.TRUE
    assert found.facts["daemons_finished"] == 3


@pytest.fixture
def light_processes(monkeypatch):
    """Make processes as cheap as threads: they are threads."""
    context = SimpleNamespace(Process=threading.Thread, Pool=ThreadPool)
    monkeypatch.setattr(threads.multiprocessing, "get_context", lambda _: context)
    return context


@NEEDS_TWO_CORES
@pytest.mark.usefixtures("light_processes")
def test_processes_that_are_as_light_as_threads():
    assert threads.thread_scheduled_unit().verdict is ClaimVerdict.BUT


@NEEDS_TWO_CORES
@pytest.mark.usefixtures("light_processes")
def test_threads_that_are_not_scheduled_by_themselves(monkeypatch):
    monkeypatch.setattr(os, "sched_setaffinity", lambda *_: None)
    assert threads.thread_scheduled_unit().verdict is ClaimVerdict.FALSE


class SlowPool(ThreadPool):
    """A pool of processes that are slow at everything."""

    def map_async(self, *arguments, **options):
        time.sleep(0.5)
        return super().map_async(*arguments, **options)


def test_threads_that_beat_processes_also_at_tasks_that_take_time(light_processes, monkeypatch):
    light_processes.Pool = SlowPool
    monkeypatch.setattr(threads, "amount", lambda *_: 1)
    found = threads.thread_faster_for_compute()
    assert found.verdict is ClaimVerdict.TRUE
    cores = len(os.sched_getaffinity(0))
    assert set(found.facts["bars"].values()) >= {*found.facts["small"].values(), *found.facts["large"].values()}
    assert [label for label in found.facts["bars"] if "process" in label] == [
        "50 × num**num, processes",
        *(f"16 × 10 ms, {size} process{'es' * (size > 1)}" for size in (1, 2, 4, 8) if size <= cores),
    ]


def test_threads_that_are_faster_but_not_by_orders_of_magnitude(light_processes, monkeypatch):
    times = {ThreadPool: 1.0, SlowPool: 9.0}
    light_processes.Pool = SlowPool
    monkeypatch.setattr(threads, "in_a_pool", lambda kind, *_: times[kind])
    monkeypatch.setattr(threads, "amount", lambda *_: 1)
    assert threads.thread_faster_for_compute().verdict is ClaimVerdict.FALSE
    times[SlowPool] = 10.0
    assert threads.thread_faster_for_compute().verdict is ClaimVerdict.TRUE


def test_threads_that_run_python_code_at_the_same_time(monkeypatch):
    monkeypatch.setattr(threads, "amount", lambda *_: 20)
    monkeypatch.setattr(threads, "compute", lambda milliseconds: time.sleep(milliseconds / 1000))  # without the lock
    interval = sys.getswitchinterval()
    found = threads.gil()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["together"]["python"] > 0
    assert [list(curve) for curve in found.facts["curves"].values()] == [["1", "2"]] * 3
    assert sys.getswitchinterval() == interval
