"""The broker is killed, or stops answering, during a run: the run ends soon, reports it, and leaves nothing."""

import os
import signal
import time

import pytest
from skips import controllable, create
from task_functions import FunctionWorkload
from waiting import eventually

from brokers.servers import session
from brokers.servers.controllable import ControllableServer
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.execution.load.load import Load
from crossover.execution.measure import measure
from crossover.execution.supervision import End

TRANSPORTS = [
    ("redis-list", "default"),
    ("redis-list", "safe"),
    ("redis-stream", "safe"),
    ("rabbitmq", "default"),
    ("rabbitmq", "safe"),
    ("celery+redis", "default"),
    ("celery+rabbitmq", "default"),
]
TASKS = 20_000
MUTE = [  # one for each client library, since that is what waits for the answer
    ("redis-list", "safe"),
    ("rabbitmq", "safe"),
    ("celery+redis", "default"),
    ("celery+rabbitmq", "default"),
]
ENDS_WITHIN = 12.0  # seconds from the signal until the run has stopped, and ...
CELERY_ENDS_WITHIN = 20.0  # ... for Celery, whose worker and connections are closed one after the other


def run_and_strike(transport, strike):
    """Run, strike in the middle; return how the run ended and how long that took."""
    struck = []

    def tick(settled):
        if settled and not struck:
            strike()
            struck.append(time.monotonic())

    load = Load(TASKS, 2, 1, 64)
    history, _, ending, *_ = measure(transport, FunctionWorkload("nap", [0.002]), load, tick, time.monotonic() + 60)
    took = time.monotonic() - struck[0]
    assert 0 < history.settled < TASKS
    return ending, took


@pytest.fixture
def server_of():
    """Return the server of a transport, which may be killed or paused here."""
    used = []

    def find(url, level):
        used.append(controllable(parse(url).traits.server, Safety(level)))
        return used[-1]

    yield find
    for server in used:
        server.resume()


@pytest.mark.long
@pytest.mark.parametrize(("url", "level"), TRANSPORTS)
def test_a_named_server_is_killed_in_the_middle(interrupt_server, url, level):
    interrupt_server(url, level, ControllableServer.kill)


@pytest.mark.long
@pytest.mark.parametrize(("url", "level"), MUTE)
def test_a_named_server_stops_answering_in_the_middle(interrupt_server, url, level):
    interrupt_server(url, level, ControllableServer.pause)


@pytest.fixture
def interrupt_server(server_of):
    """Run through a named server that is interrupted in the middle."""

    def run(url, level, interrupt):
        server = server_of(url, level)
        transport = create(f"{url}://{server.url.partition('://')[2]}", level)
        ending, took = run_and_strike(transport, lambda: interrupt(server))
        assert ending.end in {End.DIED, End.BROKEN}
        assert "@" not in str(ending)  # no password
        assert took < (CELERY_ENDS_WITHIN if "celery" in url else ENDS_WITHIN)

    return run


@pytest.mark.parametrize("url", ["redis-list", "redis-stream"])
def test_a_private_server_is_killed_in_the_middle(monkeypatch, url):
    monkeypatch.setattr(session, "_kept", {})
    transport = create(url)
    try:
        ending, took = run_and_strike(transport, lambda: os.kill(transport.at.pids[-1], signal.SIGKILL))
        assert ending.end in {End.DIED, End.BROKEN}
        assert took < ENDS_WITHIN
        (server,) = session._kept.values()
        assert eventually(lambda: not server.directory.exists())
        with create(url) as next_one:
            next_one.start(FunctionWorkload("echo", [0]), 1)
            assert next_one.at.url != transport.at.url
    finally:
        session.stop_all()
