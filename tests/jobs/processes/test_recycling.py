"""Workers that are replaced after a number of tasks, or when they use too much memory."""

import os
from collections import Counter

import executor_calls as calls
import pytest
from waiting import PATIENCE

from crossover import Executor
from crossover.jobs.processes import worker_process


@pytest.mark.parametrize("limit", [1, 3])
def test_no_worker_does_more_tasks_than_it_may_and_a_long_backlog_is_done(make, limit):
    executor = make(max_tasks_per_child=limit)
    by_worker = Counter(future.result(PATIENCE) for future in [executor.submit(os.getpid) for _ in range(10 * limit)])
    assert max(by_worker.values()) == limit
    assert executor.stats()["died"] == 0


def test_what_was_accepted_is_done_where_no_one_waits(make):
    executor = make(max_tasks_per_child=1)
    futures = [executor.submit(abs, -number) for number in range(8)]
    executor.shutdown(wait=False)
    assert [future.result(PATIENCE) for future in futures] == [*range(8)]


def test_what_was_accepted_is_done_where_the_executor_is_gone():
    executor = Executor("pool", 2, max_tasks_per_child=1)
    futures = [executor.submit(abs, -number) for number in range(8)]
    del executor
    assert [future.result(PATIENCE) for future in futures] == [*range(8)]


def test_a_worker_that_uses_too_much_memory_is_replaced_after_its_task(make):
    executor = make(max_workers=1, max_memory_per_child=2**20)  # every Python process uses more
    pids = [executor.submit(os.getpid).result(PATIENCE) for _ in range(3)]
    assert len({*pids}) == 3
    assert executor.stats()["failed"] == executor.stats()["died"] == 0


def test_a_worker_that_uses_less_memory_stays(make):
    executor = make(max_workers=1, max_memory_per_child=2**40)
    assert len({executor.submit(os.getpid).result(PATIENCE) for _ in range(3)}) == 1


def test_a_worker_that_does_not_end_is_killed_and_replaced(make, monkeypatch):
    monkeypatch.setattr(worker_process, "ENDS_WITHIN", 0.2)
    executor = make(max_workers=1, max_tasks_per_child=1)
    executor.submit(calls.leave_a_thread).result(PATIENCE)
    assert executor.submit(abs, -1).result(PATIENCE) == 1


@pytest.mark.parametrize("name", ["max_tasks_per_child", "max_memory_per_child"])
@pytest.mark.parametrize(("limit", "error", "words"), [(0, ValueError, ">= 1"), (1.5, TypeError, "an integer")])
def test_a_limit_is_a_whole_number_above_0(make, name, limit, error, words):
    with pytest.raises(error, match=f"^{name} must be .*{words}"):
        make(**{name: limit})
