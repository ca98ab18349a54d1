"""The CPU time of processes that tell themselves what they used: the same is read from outside, however short it is."""

import os
import subprocess
import sys

import pytest

from crossover.execution.meters import process_reading
from crossover.execution.meters.process_reading import cpu_clock, read_process
from crossover.execution.meters.process_trees import ProcessTrees

# each burns CPU time and tells how much of it the process has used so far; then it waits to be told to go on
SHORT = "burn(0.03)"
THREADS = "for t in [Thread(target=burn, args=(0.05,)) for _ in range(4)]: t.start(); t.join()"
PROGRAM = """
import resource, subprocess, sys, time
from threading import Thread

def burn(seconds):
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass

for line in sys.stdin:
    before = time.process_time()
    exec(line)
    print(time.process_time() - before, flush=True)
"""


@pytest.fixture
def program():
    started = subprocess.Popen(
        [sys.executable, "-S", "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def tell(line):
        started.stdin.write(f"{line}\n")
        started.stdin.flush()
        return float(started.stdout.readline())

    tell("pass")
    started.tell = tell
    with started:
        yield started
        started.kill()


@pytest.mark.parametrize("work", [SHORT, "burn(0.3)", THREADS], ids=["30 ms", "0.3 s", "threads that have ended"])
def test_what_a_process_says_that_it_has_used_is_read_within_a_hundredth(program, work):
    trees = ProcessTrees({"command": [os.getpid()], "workers": [program.pid]})
    said = program.tell(work)
    trees.look()
    assert trees.cpu_seconds["workers"] == pytest.approx(said, rel=0.01, abs=0.0005)
    assert trees.rounding_seconds["workers"] == 0.0


def test_children_that_have_ended_count_within_what_the_rounding_says(program):
    trees = ProcessTrees({"command": [os.getpid()], "workers": [program.pid]})
    burn = "import time\nwhile time.process_time() < 0.1: pass"
    own = program.tell(f"[subprocess.run([sys.executable, '-S', '-c', {burn!r}]) for _ in range(3)]")
    children = program.tell("used = resource.getrusage(resource.RUSAGE_CHILDREN); burn(used.ru_utime + used.ru_stime)")
    trees.look()
    rounding = trees.rounding_seconds["workers"]
    assert 0 < rounding <= 0.05 * trees.cpu_seconds["workers"] + 0.02
    assert trees.cpu_seconds["workers"] == pytest.approx(own + 2 * children, rel=0.01, abs=rounding)


def test_a_process_that_has_ended_is_read_until_its_parent_has_waited_for_it():
    ended = subprocess.Popen([sys.executable, "-S", "-c", "import time\nwhile time.process_time() < 0.1: pass"])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    assert read_process(ended.pid).own >= 0.1
    ended.wait()
    assert read_process(ended.pid) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_any_user_may_read_it():
    code = (
        "import os; from crossover.execution.meters.process_reading import read_process; "
        f"os.setuid(65534); print(read_process({os.getpid()}).exact)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "True\n"


def test_where_processes_have_no_clock_ticks_are_told_and_known_as_such(monkeypatch):
    exact = read_process(os.getpid())
    monkeypatch.setattr(process_reading, "cpu_clock", lambda _: None)
    ticks = read_process(os.getpid())
    assert not ticks.exact
    assert ticks.own == pytest.approx(exact.own, abs=0.1)
    assert (ticks.parent, ticks.started) == (os.getppid(), exact.started)


def test_a_process_that_is_not_there_has_no_clock():
    assert cpu_clock(2**22 + 1) is None
