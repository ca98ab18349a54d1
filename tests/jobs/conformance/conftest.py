"""One suite for the executors of all transports: a line for each, and one table of what cannot apply to which."""

import pytest

from crossover import Executor

TRANSPORTS = {  # transport → the options of its executor here; one of those that have the same executor
    "serial": {},
    "threads": {},
    "pool": {},
    "shared-memory": {},
}
LACKS = {  # transport → what a test may need → why it cannot apply
    "serial": {
        "pending": "a call is done when submit returns",
        "initializer": "there is no worker",
        "workers": "there is no worker",
        "pickle": "nothing is pickled",
        "exit": "it has nothing that ends with the interpreter",
    },
    "threads": {
        "workers": "threads do not die alone",
        "pickle": "nothing is pickled",
    },
}


def pytest_configure(config):
    config.addinivalue_line("markers", "needs(what): tests of executors that have it; see LACKS")


@pytest.fixture(params=TRANSPORTS)
def transport(request):
    lacks = LACKS.get(request.param, {})
    for mark in request.node.iter_markers("needs"):
        for what in mark.args:
            if what in lacks:
                pytest.skip(f"{request.param}: {lacks[what]}")
    return request.param


@pytest.fixture
def make(transport):
    """Return a function that makes an executor, which ends with the test."""
    made = []

    def create(max_workers=2, **options):
        executor = Executor(transport, max_workers, **TRANSPORTS[transport], **options)
        made.append(executor)
        return executor

    yield create
    for executor in made:
        executor.shutdown()


@pytest.fixture
def executor(make):
    """An executor with two workers."""
    return make()


@pytest.fixture
def gate(tmp_path):
    """A file that does not exist, for which calls wait; it exists when the test has ended."""
    path = tmp_path / "gate"
    yield path
    path.touch()
