"""The broker is killed, or stops answering, during a run: the run ends soon, reports it, and leaves nothing."""

import os
import signal
import time
from contextlib import suppress

import psutil
import pytest
from skips import create, serve
from task_functions import FunctionWorkload
from waiting import eventually

from brokers.servers import session
from crossover.contract.registry import parse
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


def signal_server(server, number):
    """Send a signal to every process of a server except its warden."""
    with suppress(psutil.NoSuchProcess):
        for process in psutil.Process(server._warden.process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)


@pytest.fixture
def own_server():
    """Start a server for this test alone; return the URL of a transport through it, and the server."""
    made = []

    def start(url, level):
        server = serve(parse(url).traits.server, level)
        made.append(server)
        return f"{url}://{server.url.partition('://')[2]}", server

    yield start
    for server in made:
        signal_server(server, signal.SIGCONT)
        server.stop()


@pytest.mark.parametrize(("url", "level"), TRANSPORTS)
def test_a_named_server_is_killed_in_the_middle(interrupt_server, url, level):
    interrupt_server(url, level, signal.SIGKILL)


@pytest.mark.parametrize(("url", "level"), MUTE)
def test_a_named_server_stops_answering_in_the_middle(interrupt_server, url, level):
    interrupt_server(url, level, signal.SIGSTOP)


@pytest.fixture
def interrupt_server(own_server):
    """Run through a server that receives a signal in the middle."""

    def run(url, level, number):
        named, server = own_server(url, level)
        transport = create(named, level)
        ending, took = run_and_strike(transport, lambda: signal_server(server, number))
        assert ending.end in {End.DIED, End.BROKEN}
        assert "@" not in str(ending)  # no password
        assert took < (CELERY_ENDS_WITHIN if "celery" in url else ENDS_WITHIN)

    return run


@pytest.mark.parametrize("url", ["redis-list", "redis-stream"])
def test_a_private_server_is_killed_in_the_middle(monkeypatch, url):
    monkeypatch.setattr(session, "_kept", {})
    transport = create(url)
    try:
        ending, took = run_and_strike(transport, lambda: os.kill(transport.processes()["broker"][-1], signal.SIGKILL))
        assert ending.end in {End.DIED, End.BROKEN}
        assert took < ENDS_WITHIN
        directory = transport.at.server.directory
        assert eventually(lambda: not directory.exists())
        with create(url) as next_one:
            next_one.start(FunctionWorkload("echo", [0]), 1)
            assert next_one.at.server is not transport.at.server
    finally:
        session.stop_all()
