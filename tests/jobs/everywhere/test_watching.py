"""What is seen of an executor: numbers, a bar, memory."""

import gc
import os
import weakref

import executor_calls as calls
import psutil
import pytest
from waiting import PATIENCE

from crossover import Executor

PROCESSES = ["pool", "shared-memory"]


@pytest.mark.parametrize("transport", ["serial", "threads", *PROCESSES])
def test_numbers_of_what_was_done(transport):
    with Executor(transport, 2) as executor:
        assert executor.submit(abs, -1).result(PATIENCE) == 1
        assert isinstance(executor.submit(abs).exception(PATIENCE), TypeError)
    stats = executor.stats()
    assert (stats["done"], stats["failed"], stats["pending"]) == (1, 1, 0)


@pytest.mark.parametrize("transport", ["serial", "threads", *PROCESSES])
def test_a_bar_on_standard_error(transport, capsys):
    with Executor(transport, 2, progress=True) as executor:
        assert [*executor.map(abs, range(-5, 0))] == [5, 4, 3, 2, 1]
        assert executor.with_options(timeout=None).submit(abs, -1).result(PATIENCE) == 1
        assert executor.submit(calls.fail, "x").exception(PATIENCE) is not None
        assert executor.stats()["failed"] == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert f"{transport} " in said.err
    assert "7/7" in said.err


def test_a_bar_ends_where_nobody_has_the_executor_any_more(capsys):
    executor = Executor("threads", 1, progress=True)
    future = executor.submit(abs, -1)
    bar = executor._bar
    del executor
    assert future.result(PATIENCE) == 1
    assert not bar._bar.live.is_started
    assert "1/1" in capsys.readouterr().err


def test_no_bar_without_a_task(capsys):
    Executor("threads", 1, progress=True).shutdown()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("transport", PROCESSES)
def test_the_memory_of_many_futures_stays_flat_where_few_are_submitted_ahead(transport):
    with Executor(transport, 2) as executor:
        values = executor.map(abs, range(20_000), buffersize=50)
        for number in range(2_000):
            assert next(values) == number
        gc.collect()
        before = psutil.Process().memory_info().rss
        assert sum(values) == sum(range(2_000, 20_000))
        assert psutil.Process().memory_info().rss - before < 8 * 2**20


@pytest.mark.parametrize("transport", PROCESSES)
def test_neither_the_executor_nor_its_worker_keeps_what_it_has_carried(transport):
    with Executor(transport, 1) as executor:
        future = executor.submit(calls.weak, b"x" * 2**20)
        value = weakref.ref(future.result(PATIENCE))
        del future
        assert value() is None
        worker = psutil.Process(executor.submit(os.getpid).result(PATIENCE))
        small = worker.memory_info().rss
        executor.submit(len, bytes(100 * 2**20)).result(PATIENCE)
        assert executor.submit(abs, -1).result(PATIENCE) == 1
        assert worker.memory_info().rss - small < 90 * 2**20
