"""Servers of the user's, as many as a test wants."""

from contextlib import ExitStack

import pytest
from odd_redis import redis_with


@pytest.fixture
def start():
    """Start a server with settings, as `redis_with` does, until the test ends."""
    with ExitStack() as stack:
        yield lambda *settings, **options: stack.enter_context(redis_with(*settings, **options))
