"""Servers of the user's, as many as a test wants."""

from contextlib import ExitStack

import pytest
from odd_redis import redis_with
from task_functions import FunctionWorkload

from brokers.redis.connection.client import connect
from brokers.servers.private import PrivateServer
from crossover.contract.registry import parse
from crossover.contract.safety import Safety

REFERENCE = "task_functions:echo"


@pytest.fixture
def start():
    """Start a server with settings, as `redis_with` does, until the test ends."""
    with ExitStack() as stack:
        yield lambda *settings, **options: stack.enter_context(redis_with(*settings, **options))


@pytest.fixture(scope="module")
def server():
    """One that the tests of a module share; each restores the settings that it changes."""
    started = PrivateServer("redis", Safety.FAST)
    yield started
    started.stop()


@pytest.fixture
def client(server):
    """A client of the user's."""
    with connect(server.url, "test") as connected:
        yield connected


@pytest.fixture
def carrier(server):
    """Start transports of which no worker is a process: a test has the producer's side, and opens that of workers."""
    with ExitStack() as stack:

        def start(url, level, run=""):
            address = server.url.removeprefix("redis://")
            name, _, options = url.partition("?")
            transport = stack.enter_context(parse(f"{name}://{address}?{options}").create(Safety(level)))
            if run:
                transport.take_over(run)
            transport.start(FunctionWorkload("echo", []), 0)
            return transport

        yield start


@pytest.fixture
def open_inbox():
    """Open the side of a worker of a transport."""
    opened = []

    def open_one(transport):
        inbox = transport.inbox(transport.at.url, transport.run, REFERENCE)
        inbox.open()
        opened.append(inbox)
        return inbox

    yield open_one
    for inbox in opened:
        inbox.client.close()
