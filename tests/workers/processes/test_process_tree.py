"""Processes that a function leaves behind, and that this user must not end, as those of sudo."""

import subprocess
import sys

import psutil
import pytest
from processes import is_running
from waiting import PATIENCE, eventually

from crossover.execution.template.forked_process import ForkedProcess
from crossover.execution.template.template_process import answer
from crossover.workers.processes import lifetime, process_tree
from crossover.workers.processes.process_tree import kill_unless_tracker


@pytest.fixture
def foreign(monkeypatch):
    """Return a process that only another user may kill."""
    with subprocess.Popen(["sleep", "600"]) as child:
        process = psutil.Process(child.pid)
        kill = process.kill

        def refuse(_):
            raise psutil.AccessDenied(child.pid)

        with monkeypatch.context() as only_here:
            only_here.setattr(psutil.Process, "kill", refuse)
            yield process
        kill()


@pytest.mark.parametrize("library", ["multiprocessing", "joblib.externals.loky.backend"])
def test_a_resource_tracker_is_spared_for_it_removes_what_the_others_have_left(library):
    program = f"import time; time.sleep(600)  # from {library}.resource_tracker import main"
    with subprocess.Popen([sys.executable, "-c", program]) as tracker:
        process = psutil.Process(tracker.pid)
        assert eventually(process.cmdline)  # for a moment after it was started it has none
        assert not kill_unless_tracker(process)
        tracker.kill()


def test_it_does_not_count_as_killed(foreign):
    assert not kill_unless_tracker(foreign)


def test_the_end_of_workers_does_not_fail_for_it(foreign):
    lifetime.end([foreign.pid], grace=0.1)


def test_the_end_of_a_run_does_not_fail_for_it(foreign):
    process = ForkedProcess(f"{answer.__module__}:{answer.__name__}")
    process._descendants[foreign.pid] = foreign
    process.kill(0.1)
    process.close()


FAMILY = """
import subprocess, sys, threading, time
grandchild = [sys.executable, "-c", "import time; time.sleep(600)"]
child = f"import subprocess, time; subprocess.Popen({grandchild}); time.sleep(600)"
def start():
    subprocess.Popen([sys.executable, "-c", child])
    time.sleep(600)
threading.Thread(target=start, daemon=True).start()
time.sleep(600)
"""

ENDS_THEM = """
import subprocess, sys
from crossover.workers.processes.process_tree import descendants, end_descendants
grandchild = [sys.executable, "-c", "import time; time.sleep(600)"]
subprocess.Popen([sys.executable, "-c", f"import subprocess, time; subprocess.Popen({grandchild}); time.sleep(600)"])
import os, time
while len(found := descendants(os.getpid())) < 2:
    time.sleep(0.01)
end_descendants()
print(*(process.pid for process in found), flush=True)
os._exit(0)
"""


@pytest.mark.parametrize("listed", [True, False])
def test_what_a_process_has_started_and_what_that_has_started_is_found(monkeypatch, listed):
    monkeypatch.setattr(process_tree, "LISTED", listed and process_tree.LISTED)
    with subprocess.Popen([sys.executable, "-c", FAMILY]) as family:
        assert eventually(lambda: len(process_tree.descendants(family.pid)) == 2)
        found = process_tree.descendants(family.pid)
        for process in found:
            process.kill()
        family.kill()
    assert process_tree.descendants(family.pid) == []


def test_no_grandchild_is_left():
    found = subprocess.run([sys.executable, "-c", ENDS_THEM], capture_output=True, check=True, timeout=PATIENCE).stdout
    assert len(pids := found.split()) == 2
    assert eventually(lambda: not any(is_running(int(pid)) for pid in pids))


def test_a_process_that_has_ended_is_not_killed_again():
    with subprocess.Popen(["sleep", "600"]) as child:
        process = psutil.Process(child.pid)
        assert kill_unless_tracker(process)
        assert eventually(lambda: process.status() == psutil.STATUS_ZOMBIE)
        assert not kill_unless_tracker(process)
