"""Processes that a function leaves behind, and that this user must not end, as those of sudo."""

import subprocess
import sys

import psutil
import pytest
from waiting import eventually

from crossover.execution.template.forked_process import ForkedProcess
from crossover.execution.template.template_process import answer
from crossover.workers import lifetime
from crossover.workers.process_tree import kill_unless_tracker


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
