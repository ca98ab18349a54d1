"""A worker that is stopped (SIGSTOP) holds up its own task and nothing else."""

import operator
import os
import signal

import pytest
from waiting import PATIENCE, eventually

from crossover.jobs.processes import crew


@pytest.mark.parametrize("transport", ["pool", "shared-memory"])
@pytest.mark.parametrize("size", [1, 5 * 2**20])
def test_the_others_go_on(make, pids, transport, size):
    executor = make(transport)
    stopped = pids(executor)[0]
    os.kill(stopped, signal.SIGSTOP)
    try:
        futures = [executor.submit(operator.mul, b"x" * size, 2) for _ in range(9)]
        assert eventually(lambda: sum(future.done() for future in futures) == 8)
    finally:
        os.kill(stopped, signal.SIGCONT)
    assert {len(future.result(PATIENCE)) for future in futures} == {2 * size}


def test_its_task_has_a_time_as_every_other(make):
    executor = make(max_workers=1)
    pid = executor.submit(os.getpid).result(PATIENCE)
    os.kill(pid, signal.SIGSTOP)
    assert isinstance(executor.with_options(timeout=0.2).submit(abs, -1).exception(PATIENCE), TimeoutError)
    assert executor.submit(abs, -1).result(PATIENCE) == 1


def test_it_is_killed_at_the_end(make, pids, monkeypatch):
    monkeypatch.setattr(crew, "ENDS_WITHIN", 0.2)
    executor = make()
    os.kill(pids(executor)[0], signal.SIGSTOP)
    executor.shutdown()
    assert executor.stats()["workers"] == 0
