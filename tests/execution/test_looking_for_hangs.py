"""When a silence is a hang, and what is said about it: from records written by hand, and from real processes."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from waiting import eventually

from crossover.execution.hangs import Workers, may_hang
from crossover.recording.activity import ENTRY, ActivityFile
from crossover.recording.history import History

DEADLOCK = "import threading; lock = threading.Lock(); lock.acquire(); print(flush=True); lock.acquire()"
WAITS_A_WHILE = (
    "import threading; lock = threading.Lock(); lock.acquire(); print(flush=True); lock.acquire(timeout=600)"
)


def quiet_for(seconds, longest=0.0, silence=0.0, hang_after=None, task=3, attempted=10):
    """Return whether it may hang after a silence, where one task has taken so long."""
    history = History(5_000, 1)
    history.started[task], history.finished[task] = 1, 1 + int(longest * 1e9)
    return may_hang(seconds, hang_after, silence, history, attempted)


@pytest.mark.parametrize(
    ("longest", "silence", "limit"),
    [
        (0.0, 0.0, 60.0),  # nothing has come back: it may take a minute
        (0.001, 0.0, 10.0),  # never less than ten seconds
        (2.0, 0.0, 20.0),  # ten times the longest task ...
        (0.001, 3.0, 30.0),  # ... or silence, whichever was longer
        (2.0, 3.0, 30.0),
        (100.0, 0.0, 60.0),  # never more than a minute
    ],
)
def test_how_long_a_silence_may_be_follows_from_the_tasks_so_far(longest, silence, limit):
    assert not quiet_for(limit, longest, silence)
    assert quiet_for(limit + 0.01, longest, silence)


def test_what_the_user_sets_is_what_counts():
    assert not quiet_for(2.0, 100.0, 100.0, hang_after=2.0)
    assert quiet_for(2.01, 100.0, 100.0, hang_after=2.0)
    assert not quiet_for(500.0, 0.001, 0.0, hang_after=1_000.0)


def test_only_the_last_thousand_messages_are_looked_at():
    assert not quiet_for(19.0, 2.0, 0.001, task=1_500, attempted=2_500)
    assert quiet_for(19.0, 2.0, 0.001, task=1_499, attempted=2_500)


def test_the_messages_of_a_run_are_counted_in_batches():
    history = History(100, 10)
    history.started[4], history.finished[4] = 1, 1 + 2_000_000_000
    assert not may_hang(19.0, None, 0.0, history, 41)  # the fifth message holds tasks 40 to 49
    history.finished[4], history.finished[9], history.started[9] = 2, 1, 1
    assert may_hang(19.0, None, 0.0, history, 41)


@pytest.fixture
def activity():
    file = ActivityFile()
    yield file
    file.close()


@pytest.fixture
def start():
    """Start a process that says when it has begun."""
    started = []

    def begin(code):
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        started.append(process)
        process.stdout.readline()
        return process.pid

    yield begin
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def write(activity, *entries):
    with open(activity.path, "r+b") as file:  # noqa: PTH123 - the path of a descriptor
        file.writelines(ENTRY.pack(*entry) for entry in entries)


def state(pid):
    with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123 - as in the house
        return file.read().rpartition(")")[2].split()[0]


def stop(pid):
    os.kill(pid, signal.SIGSTOP)
    assert eventually(lambda: state(pid) == "T")


def test_a_worker_that_sleeps_inside_a_task_is_at_work(activity, start):
    pid = start("import time; print(flush=True); time.sleep(600)")
    workers = Workers(activity, {"workers": [pid]})
    assert not workers.working()
    write(activity, (pid, pid, 1))
    assert workers.working()
    assert not workers.is_deadlock()


def test_between_two_tasks_it_is_not(activity, start):
    pid = start("import time; print(flush=True); time.sleep(600)")
    write(activity, (pid, pid, 0))
    workers = Workers(activity, {"workers": [pid]})
    assert not workers.working()
    assert workers.why_hung(7.4, 1, lambda _: "").startswith("no outcome for 7 s, 1 task outstanding, and no worker")
    assert workers.why_hung(7.4, 2, lambda _: "the list was deleted").endswith("inside a task: the list was deleted")


def test_a_worker_that_has_died_inside_a_task_is_not_at_work(activity):
    with subprocess.Popen(["true"]) as process:
        process.wait()
    write(activity, (process.pid, process.pid, 1))
    assert not Workers(activity, {}).working()


def test_a_stopped_worker_is_not_at_work_and_is_named_with_the_way_out(activity, start):
    pid = start("import time; print(flush=True); time.sleep(600)")
    write(activity, (pid, pid, 1))
    workers = Workers(activity, {"workers": [pid]})
    stop(pid)
    assert not workers.working()
    said = f"worker {pid} is stopped, by SIGSTOP or a debugger (kill -CONT lets it go on)"
    assert said in workers.why_hung(3, 1, lambda _: "")
    write(activity, (pid, pid, 0))  # it was stopped between two tasks: the same
    assert said in workers.why_hung(3, 1, lambda _: "")
    write(activity, (pid, pid, 1), (os.getpid(), os.getpid(), 1))  # another one is at work
    assert workers.working()


@pytest.mark.parametrize("role", ["workers", "producer"])
def test_any_process_of_the_run_that_is_stopped_is_named(activity, start, role):
    pids = [start("import time; print(flush=True); time.sleep(600)") for _ in range(2)]
    for pid in pids:
        stop(pid)
    assert f"workers {pids[0]}, {pids[1]} are stopped" in Workers(activity, {role: pids}).why_hung(3, 1, lambda _: "")


def test_a_worker_that_waits_for_a_lock_for_ever_is_in_a_deadlock(activity, start):
    pid = start(DEADLOCK)
    write(activity, (pid, pid, 1))
    workers = Workers(activity, {"workers": [pid]})
    assert eventually(workers.is_deadlock)
    assert not workers.working()
    assert f"worker {pid} is inside a task, waiting for a lock that is never released: a deadlock" in workers.why_hung(
        3, 1, lambda _: ""
    )


def test_one_that_waits_for_a_lock_for_a_while_is_not(activity, start):
    pid = start(WAITS_A_WHILE)
    write(activity, (pid, pid, 1))
    workers = Workers(activity, {"workers": [pid]})
    assert not eventually(workers.is_deadlock, 0.3)
    assert workers.working()


def test_nor_is_one_whose_other_thread_or_program_could_release_it(activity, start):
    thread = start(f"import threading, time; threading.Thread(target=time.sleep, args=(600,)).start(); {DEADLOCK}")
    program = start(f"import subprocess; process = subprocess.Popen(['sleep', '60']); {DEADLOCK}")
    write(activity, (thread, thread, 1), (program, program, 1))
    workers = Workers(activity, {"workers": [thread, program]})
    assert not eventually(workers.is_deadlock, 0.3)
    assert workers.working()
    for entry in (thread, program):
        write(activity, (entry, entry, 1), (entry, entry, 1))
        assert workers.working()


def test_a_deadlock_of_one_worker_is_none_of_all(activity, start):
    pid = start(DEADLOCK)
    write(activity, (pid, pid, 1))
    workers = Workers(activity, {"workers": [pid, os.getpid()]})
    assert eventually(workers.is_deadlock)
    write(activity, (pid, pid, 1), (os.getpid(), threading.get_native_id(), 1))
    assert workers.working()
    assert not workers.is_deadlock()


def test_of_workers_that_write_nothing_down_time_alone_decides_and_that_is_said(activity):
    said = Workers(activity, {"workers": [os.getpid()]}).why_hung(
        1_234.4, 5_000, lambda outstanding: f"{outstanding} wait"
    )
    assert said == (
        "no outcome for 1,234 s, 5,000 tasks outstanding: crossover does not see whether these workers are inside a "
        "task (--hang-after waits longer); if none is: 5000 wait"
    )
