"""Executors over processes of this machine."""

import os

import pytest
from waiting import PATIENCE, eventually

from crossover import Executor


@pytest.fixture
def make():
    """Return a function that makes an executor over processes, which ends with the test."""
    made = []

    def create(transport="pool", max_workers=2, **options):
        executor = Executor(transport, max_workers, **options)
        made.append(executor)
        return executor

    yield create
    for executor in made:
        executor.shutdown(cancel_futures=True)


@pytest.fixture
def gate(tmp_path):
    """A file that does not exist, for which calls wait; it exists when the test has ended."""
    path = tmp_path / "gate"
    yield path
    path.touch()


@pytest.fixture
def pids():
    """Return a function that starts both workers of an executor, and returns their process ids."""

    def of_workers(executor):
        found = set()

        def ask():
            found.update(future.result(PATIENCE) for future in [executor.submit(os.getpid) for _ in range(4)])
            return len(found) == 2

        assert eventually(ask)
        return sorted(found)

    return of_workers
