"""Servers of the user's, as many as a test wants."""

from contextlib import ExitStack

import pytest
from odd_redis import redis_with

from brokers.servers.private import PrivateServer
from crossover.contract.safety import Safety


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
