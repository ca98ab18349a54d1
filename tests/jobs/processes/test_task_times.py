"""A task that takes longer than it may: its worker is killed, and nothing else."""

import os
import time

import executor_calls as calls
import psutil
import pytest
from waiting import PATIENCE, eventually

from crossover.jobs.errors import TaskTimeoutError


def has_ended(pid):
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE  # nobody may reap it
    except psutil.NoSuchProcess:
        return True


def test_a_task_that_takes_too_long_ends_alone(make, pids, gate):
    executor = make(task_timeout=None)
    pids(executor)
    other = executor.submit(calls.wait_for, gate)
    late = executor.with_options(timeout=0.2).submit(time.sleep, 60)
    with pytest.raises(TaskTimeoutError, match=r"^the task took longer than 0\.2 s; its worker was killed$"):
        late.result(PATIENCE)
    assert not other.done()
    gate.touch()
    assert other.result(PATIENCE) == str(gate)
    assert executor.stats()["timed_out"] == 1


def test_what_a_late_task_has_started_is_ended_with_it(make, tmp_path):
    executor, pid = make(task_timeout=None), tmp_path / "pid"
    executor.submit(abs, -1).result(PATIENCE)
    late = executor.with_options(timeout=1).submit(calls.start_and_wait, pid)
    assert isinstance(late.exception(PATIENCE), TaskTimeoutError)
    assert eventually(lambda: has_ended(int(pid.read_text())))


def test_each_late_task_has_an_exception_of_its_own(make):
    executor = make(task_timeout=0.2)
    errors = [future.exception(PATIENCE) for future in [executor.submit(time.sleep, 60) for _ in range(2)]]
    assert errors[0] is not errors[1]
    assert {type(error) for error in errors} == {TaskTimeoutError}


def test_the_time_of_a_task_begins_with_the_task(make, gate):
    executor = make(max_workers=1)
    executor.submit(calls.wait_for, gate)
    waiting = executor.with_options(timeout=1).submit(abs, -1)
    time.sleep(1.2)  # it waits longer than it may run
    gate.touch()
    assert waiting.result(PATIENCE) == 1


def test_a_late_task_is_not_tried_again(make):
    executor = make(max_workers=1, task_timeout=0.2, on_death="retry")
    assert isinstance(executor.submit(time.sleep, 60).exception(PATIENCE), TaskTimeoutError)
    assert executor.stats()["started"] == 1


def test_a_view_shares_the_workers_and_has_submit_and_map(make):
    executor = make(max_workers=1)
    pid = executor.submit(os.getpid).result(PATIENCE)
    with executor.with_options(timeout=30) as view:
        assert view.submit(os.getpid).result(PATIENCE) == pid
        assert [*view.map(abs, [-1, -2])] == sorted(view.map_unordered(abs, [-1, -2])) == [1, 2]
    assert executor.submit(os.getpid).result(PATIENCE) == pid  # the view has not shut it down


@pytest.mark.parametrize(
    ("timeout", "error", "words"),
    [(0, ValueError, "above 0"), (-1, ValueError, "above 0"), ("1", TypeError, "not str"), (True, TypeError, "bool")],
)
def test_a_time_is_a_number_above_0(make, timeout, error, words):
    with pytest.raises(error, match=words):
        make(task_timeout=timeout)
    with pytest.raises(error, match=words):
        make().with_options(timeout=timeout)
