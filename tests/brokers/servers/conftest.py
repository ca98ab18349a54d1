"""Private servers for one test alone."""

import tempfile
from pathlib import Path

import pytest
import skips
from skips import serve

from crossover.contract.safety import Safety


@pytest.fixture
def server(request):
    """A server of the kind that the test names, or of any."""
    made = serve(getattr(request, "param", "redis"))
    yield made
    made.stop()


@pytest.fixture
def controllable():
    """Start a server for this test alone."""
    made = []

    def start(kind, safety=Safety.FAST):
        made.append(serve(kind, safety))
        return made[-1]

    yield start
    for server in made:
        server.stop()


@pytest.fixture
def rabbitmq():
    """A RabbitMQ that takes seconds to start, and bears it all."""
    return skips.controllable("rabbitmq")


@pytest.fixture
def temporary(monkeypatch):
    """A folder for everything temporary, so that whatever is left can be seen; short, since sockets lie there."""
    with tempfile.TemporaryDirectory(prefix="test-") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr("tempfile.tempdir", None)
        monkeypatch.setattr("crossover.recording.temporary.OTHERS", ())  # in which something of others may lie
        yield Path(folder)
        monkeypatch.undo()
