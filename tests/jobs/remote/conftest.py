"""A Redis of our own for all tests here, one that may be struck, and workers as a user starts them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from rabbitmq_sides import existing
from skips import need
from waiting import PATIENCE, eventually

from brokers.servers.private import PrivateServer, private_server
from brokers.servers.registry import server_kind
from crossover import Executor
from crossover.contract.safety import Safety
from crossover.jobs.remote.rabbitmq.messages import Names

ROOT = Path(__file__).parents[3]
KINDS = {
    "redis-list": "redis",
    "redis-stream": "redis",
    "rabbitmq": "rabbitmq",
    "celery+redis": "redis",
    "celery+rabbitmq": "rabbitmq",
}


@pytest.fixture(params=KINDS)
def transport(request):
    need(server_kind(KINDS[request.param]).install_hint())
    return request.param


@pytest.fixture
def address(transport):
    """The transport's URL of the shared server."""
    return f"{transport}://{private_server(KINDS[transport], Safety.SAFE).url.partition('://')[2]}"


@pytest.fixture
def struck(transport):
    """A server of this test alone, which it may kill."""
    server = PrivateServer(KINDS[transport], Safety.SAFE)
    yield server
    server.stop()


@pytest.fixture
def left(transport, address):
    """Return a function that returns which keys or queues there are of an executor's own queue."""

    def look(executor):
        run, server = executor._exchange._terms.run, address.partition("://")[2]
        if KINDS[transport] == "redis":
            with redis.Redis.from_url(f"redis://{server}") as client:
                return [key for key in client.scan_iter("crossover:*") if run.encode() in key]
        names, ours = Names(f"crossover-{run}"), executor._exchange._queue
        queues = (names.calls, names.outcomes(ours.reply_to))
        if transport == "celery+rabbitmq":
            queues = (ours._names.tasks, f"{ours._names.results}.{ours.reply_to}")
        return existing(f"amqp://{server}", *queues)

    return look


@pytest.fixture
def make(address):
    """Return a function that makes an executor, which ends with the test."""
    made = []

    def create(max_workers=2, transport=address, **options):
        made.append(Executor(transport, max_workers, **options))
        return made[-1]

    yield create
    for executor in made:
        executor.shutdown(cancel_futures=True)


@pytest.fixture
def start_worker(address, tmp_path):
    """Return a function that starts a `crossover worker`, which ends with the test."""
    started = []

    def start(*options, python=sys.executable, address=address, **environment):
        number = len(started)
        log = (tmp_path / f"worker{number}.log").open("w+")
        path = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "jobs" / "samples")])
        command = [
            python,
            "-m",
            "crossover",
            "worker",
            address,
            "--state",
            tmp_path / f"state{number}",
            *options,
        ]
        process = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=tmp_path, env=os.environ | {"PYTHONPATH": path} | environment
        )
        started.append((process, log))
        assert eventually(lambda: "ready" in Path(log.name).read_text() or process.poll() is not None)
        assert process.poll() is None, Path(log.name).read_text()
        return process

    yield start
    for process, log in started:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)
        log.close()
