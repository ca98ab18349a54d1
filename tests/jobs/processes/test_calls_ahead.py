"""Calls lie ahead of a worker that is fast; each of them is as free as one that waits in the executor."""

import gc
import os
import random
import signal
import time
from itertools import groupby

import executor_calls as calls
import pytest
from waiting import PATIENCE, eventually

from crossover.jobs.errors import WorkerDiedError


@pytest.fixture
def fast(make):
    """Return a function that makes an executor whose workers have shown that they are fast."""

    def of(transport="pool", max_workers=2, **options):
        executor = make(transport, max_workers, **options)
        for future in [executor.submit(abs, -1) for _ in range(500)]:
            future.result(PATIENCE)
        return executor

    return of


@pytest.mark.parametrize("transport", ["pool", "shared-memory"])
def test_a_call_is_done_once_or_cancelled_never_both(fast, tmp_path, transport):
    executor = fast(transport)
    futures = [executor.submit(calls.leave, tmp_path, number) for number in range(2_000)]
    chosen = random.Random(7).sample(range(2_000), 700)
    cancelled = {number for number in chosen if futures[number].cancel()}
    done = {future.result(PATIENCE) for future in futures if not future.cancelled()}
    executor.shutdown()
    assert {number for number, future in enumerate(futures) if future.cancelled()} == cancelled
    assert done == {int(path.name) for path in tmp_path.iterdir()} == {*range(2_000)} - cancelled
    assert cancelled


def test_nothing_waits_for_a_worker_with_a_long_task_while_another_is_idle(fast, gate):
    executor = fast()
    held = executor.submit(calls.wait_for, gate)
    others = [executor.submit(abs, -number) for number in range(200)]
    assert [future.result(PATIENCE) for future in others] == [*range(200)]
    assert held.running()


def test_what_is_ahead_of_a_long_task_can_be_cancelled(fast, gate):
    executor = fast(max_workers=1)
    futures = [executor.submit(abs, -number) for number in range(50)]
    held = executor.submit(calls.wait_for, gate)
    ahead = [executor.submit(abs, -number) for number in range(50)]
    assert eventually(held.running)
    assert all(future.cancel() and future.cancelled() for future in ahead[::2])
    assert not any(future.running() for future in ahead)
    gate.touch()
    assert [future.result(PATIENCE) for future in ahead[1::2]] == [*range(1, 50, 2)]
    assert [future.result(PATIENCE) for future in futures] == [*range(50)]


@pytest.mark.long
@pytest.mark.parametrize("transport", ["pool", "shared-memory"])
def test_a_worker_that_dies_takes_one_task_with_it(fast, transport):
    executor = fast(transport)
    futures = [executor.submit(calls.crash if number % 100 == 50 else abs, -number) for number in range(1_000)]
    errors = [future.exception(PATIENCE) for future in futures]
    assert [number for number, error in enumerate(errors) if error] == [*range(50, 1_000, 100)]
    assert all(isinstance(error, WorkerDiedError) for error in errors if error)
    assert executor.stats()["failed"] == 10


def test_a_worker_that_ends_after_some_tasks_gives_back_what_is_ahead_of_it(make):
    executor = make(max_tasks_per_child=7)
    pids = [future.result(PATIENCE) for future in [executor.submit(os.getpid) for _ in range(150)]]
    assert max(len([*same]) for _, same in groupby(sorted(pids))) == 7
    assert executor.stats()["failed"] == 0


def test_a_stopped_worker_keeps_one_task(fast, pids):
    executor = fast()
    stopped = pids(executor)[0]
    futures = [executor.submit(abs, -number) for number in range(1_000)]
    os.kill(stopped, signal.SIGSTOP)
    try:
        assert eventually(lambda: sum(future.done() for future in futures) >= 999)
    finally:
        os.kill(stopped, signal.SIGCONT)
    assert [future.result(PATIENCE) for future in futures] == [*range(1_000)]


def test_a_shutdown_that_cancels_finds_what_is_ahead(fast, gate, tmp_path):
    executor = fast(max_workers=1)
    held = executor.submit(calls.wait_for, gate)
    ahead = [executor.submit(calls.leave, tmp_path, number) for number in range(100)]
    assert eventually(held.running)
    executor.shutdown(wait=False, cancel_futures=True)
    assert all(future.cancelled() for future in ahead)
    gate.touch()
    executor.shutdown()
    assert held.result(PATIENCE) == str(gate)
    assert [path.name for path in tmp_path.iterdir()] == ["gate"]


@pytest.mark.parametrize("size", [10, 30_000, 200_000])
def test_payloads_that_fill_the_pipe_come_back_in_order(fast, size):
    for transport in ("pool", "shared-memory"):
        executor = fast(transport)
        sent = [bytes([number % 256]) * size for number in range(120)]
        assert [*executor.map(bytes.upper, sent)] == [value.upper() for value in sent]


class Cancels:
    """Cancels a future when the garbage collector finds it, wherever that is."""

    def __init__(self, future):
        self.future, self.circle = future, self

    def __del__(self):
        self.future.cancel()


def test_the_garbage_collector_may_cancel_calls_in_the_middle_of_another(fast, tmp_path):
    executor = fast()
    thresholds = gc.get_threshold()
    gc.set_threshold(5)
    try:
        futures = []
        for number in range(1_000):
            futures.append(executor.submit(calls.leave, tmp_path, number))
            Cancels(futures[-1])
    finally:
        gc.set_threshold(*thresholds)
    assert eventually(lambda: all(future.done() for future in futures))
    done = {number for number, future in enumerate(futures) if not future.cancelled()}
    assert done == {int(path.name) for path in tmp_path.iterdir()}


def test_a_task_with_a_time_is_killed_alone(fast):
    executor = fast()
    late = executor.with_options(timeout=0.3).submit(time.sleep, calls.LONGEST)
    others = [executor.submit(abs, -number) for number in range(500)]
    assert [future.result(PATIENCE) for future in others] == [*range(500)]
    assert isinstance(late.exception(PATIENCE), TimeoutError)
    assert executor.stats()["failed"] == 1
