"""One suite for the executors of all transports; tests/jobs/samples/executor_limits.py has a line for each of them."""

import time

import pytest
import skips
from executor_limits import LACKS, TRANSPORTS
from waiting import PATIENCE

from brokers.servers.registry import server_kind
from crossover import Executor


def pytest_configure(config):
    config.addinivalue_line("markers", "needs(what): tests of executors that have it; see LACKS")


@pytest.fixture(scope="session", params=TRANSPORTS)
def transport(request):
    if TRANSPORTS[request.param]:
        skips.need(server_kind(TRANSPORTS[request.param]).install_hint())
    return request.param


@pytest.fixture(autouse=True)
def applies(request, transport):
    lacks = LACKS.get(transport, {})
    for mark in request.node.iter_markers("needs"):
        for what in mark.args:
            if what in lacks:
                pytest.skip(f"{transport}: {lacks[what]}")


@pytest.fixture(scope="session")
def executor(transport):
    """An executor with two workers, which have begun; it serves all tests that neither end nor break it."""
    with Executor(transport, 2) as executor:
        for future in [executor.submit(time.sleep, 0.1) for _ in range(4)]:
            future.result(PATIENCE)
        yield executor


@pytest.fixture
def make(transport):
    """Return a function that makes an executor, which ends with the test."""
    made = []

    def create(max_workers=2, **options):
        executor = Executor(transport, max_workers, **options)
        made.append(executor)
        return executor

    yield create
    for executor in made:
        executor.shutdown()


@pytest.fixture
def gate(tmp_path):
    """A file that does not exist, for which calls wait; it exists when the test has ended."""
    path = tmp_path / "gate"
    yield path
    path.touch()
