"""A worker that dies: what becomes of its task, as the executor was told."""

import errno
import os
import signal
import subprocess
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import executor_calls as calls
import pytest
from waiting import PATIENCE, eventually

from crossover.jobs.errors import WorkerDiedError
from crossover.jobs.processes.crew import Crew


def test_the_task_of_a_dead_worker_is_tried_again_where_that_is_wanted(make, tmp_path):
    executor = make(on_death="retry")
    assert executor.submit(calls.crash_the_first_time, tmp_path / "tried").result(PATIENCE) == "done"
    assert executor.stats()["died"] == 1


def test_a_task_that_kills_three_workers_fails(make):
    executor = make(on_death="retry")
    crashed, other = executor.submit(calls.crash), executor.submit(abs, -1)
    assert isinstance(crashed.exception(PATIENCE), WorkerDiedError)
    assert other.result(PATIENCE) == 1
    assert executor.stats()["died"] == 3


def test_what_is_tried_again_is_not_forgotten_by_a_shutdown_that_cancels(make, tmp_path):
    executor = make(max_workers=1, on_death="retry")
    future = executor.submit(calls.crash_the_first_time, tmp_path / "tried")
    assert eventually(future.running)
    executor.shutdown(cancel_futures=True)
    assert future.result(PATIENCE) == "done"


def test_a_task_that_its_worker_had_not_read_is_given_to_another(make):
    executor = make(max_workers=1)
    pid = executor.submit(os.getpid).result(PATIENCE)
    os.kill(pid, signal.SIGSTOP)
    futures = [executor.submit(abs, -number) for number in range(3)]
    os.kill(pid, signal.SIGKILL)
    assert [future.result(PATIENCE) for future in futures] == [*range(3)]
    assert (executor.stats()["died"], executor.stats()["failed"]) == (1, 0)


def test_every_future_has_an_exception_of_its_own_where_it_breaks(make, gate):
    executor = make(on_death="break")
    futures = [executor.submit(calls.crash), *(executor.submit(calls.wait_for, gate) for _ in range(4))]
    errors = [future.exception(PATIENCE) for future in futures]
    assert len({*map(id, errors)}) == 5
    assert all(isinstance(error, BrokenProcessPool) for error in errors)
    with pytest.raises(BrokenProcessPool, match=r"SIGKILL"):
        executor.submit(abs, -1)


def test_a_way_that_does_not_exist_is_named(make):
    with pytest.raises(ValueError, match=r"^on_death must be one of fail, retry, break, not 'ignore'$"):
        make(on_death="ignore")


@pytest.mark.parametrize("end", ["terminate_workers", "kill_workers"])
def test_all_workers_can_be_ended_at_once(make, pids, gate, end):
    executor = make(on_death="retry")
    pids(executor)
    running = [executor.submit(calls.wait_for, gate) for _ in range(2)]
    waiting = [executor.submit(abs, -1) for _ in range(3)]
    getattr(executor, end)()
    assert all(isinstance(future.exception(PATIENCE), BrokenProcessPool) for future in running)
    assert all(future.cancelled() for future in waiting)
    executor.shutdown()
    with pytest.raises(RuntimeError, match=r"after shutdown"):
        executor.submit(abs, -1)


def test_workers_that_are_just_starting_can_be_ended(make):
    executor = make()
    future = executor.submit(calls.wait_for, "/no/such/file")
    executor.kill_workers()
    executor.shutdown()
    assert isinstance(future.exception(PATIENCE), BrokenProcessPool)


def test_a_worker_that_cannot_start_says_what_may_be_wrong(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import crossover\n"
        "if __name__ != '__main__':\n"
        "    raise SystemExit(3)\n"
        "print(crossover.Executor('pool', 1).submit(abs, -1).exception(60))\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert "before its task was done: it had not started" in done.stdout
    assert "Can the main module be imported" in done.stdout


SCRIPT = """
from crossover import Executor
import multiprocessing
def same(x):
    return x
if __name__ == "__main__":
    for options in ({}, {"mp_context": multiprocessing.get_context("fork")}):
        future = Executor("pool", 1, **options).submit(same, 1)
        print(repr(future.exception(60)), *getattr(future.exception(60), "__notes__", ()))
"""


def test_a_script_from_standard_input_is_told_to_be_a_file_or_to_fork():
    done = subprocess.run([sys.executable], input=SCRIPT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    said, forked = done.stdout.splitlines()
    assert "there is no file <stdin>: save it as a file; or use mp_context=multiprocessing.get_context" in said
    assert forked == "None"


def test_a_function_that_no_file_holds_fails_with_a_note_of_where_it_must_be():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=PATIENCE, check=False)
    said, forked = done.stdout.splitlines()
    assert said.startswith("AttributeError(")
    assert "a worker process finds what stands at the top of a module that a file holds: not what is typed" in said
    assert forked == "None"


def test_what_a_worker_cannot_get_is_told_to_the_futures(make):
    executor = make(initializer=lambda: None)
    with pytest.raises(BrokenProcessPool, match=r"^a worker cannot start: .*lambda"):
        executor.submit(abs, -1).result(PATIENCE)


def test_fewer_workers_do_the_work_where_no_more_processes_can_start(make, monkeypatch):
    started = []

    def start(self, begin=Crew.start):
        if started:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        started.append(begin(self))
        return started[0]

    monkeypatch.setattr(Crew, "start", start)
    executor = make(max_workers=3)
    assert [future.result(PATIENCE) for future in [executor.submit(abs, -number) for number in range(20)]] == [
        *range(20)
    ]
    assert executor.stats()["workers"] == 1


def test_a_task_that_closes_its_pipe_fails_alone(make):
    executor = make(max_workers=1)
    assert isinstance(executor.submit(os.closerange, 3, 100).exception(PATIENCE), WorkerDiedError)
    assert executor.submit(abs, -1).result(PATIENCE) == 1


def test_a_process_that_a_dead_worker_has_left_holds_nothing_up(make, tmp_path):
    executor = make(max_workers=1)
    left = tmp_path / "left"
    assert isinstance(executor.submit(calls.leave_a_process_and_crash, left).exception(PATIENCE), WorkerDiedError)
    assert executor.submit(abs, -1).result(PATIENCE) == 1
    os.kill(int(Path(left).read_text()), signal.SIGKILL)
