"""Queues of calls on private servers; their workers are in the test, or processes of their own."""

import os
import subprocess
import sys
from contextlib import ExitStack

import pytest
import redis
from skips import controllable, need
from waiting import PATIENCE, eventually

from brokers.servers.private import private_server
from brokers.servers.registry import server_kind
from crossover.contract.safety import Safety
from crossover.jobs.remote.producer.remote_executor import RemoteExecutor
from crossover.jobs.remote.redis.lists import RedisListIntake, RedisListQueue
from crossover.jobs.remote.redis.stream import RedisStreamIntake, RedisStreamQueue

SIDES = {
    "redis-list": (RedisListQueue, RedisListIntake),
    "redis-stream": (RedisStreamQueue, RedisStreamIntake),
}
LEASE = 6.0  # seconds: three beats of a worker
MINE = """
import os
import time

def add(a, b):
    return a + b

def slow(value):
    time.sleep(0.02)
    return value

def note(path, value, gate):
    with open(path, "a") as file:
        file.write("x")
    while value >= 20 and not os.path.exists(gate):
        time.sleep(0.01)
    return value

def wait_for(path, begun=""):
    if begun:
        open(begun, "a").close()
    while not os.path.exists(path):
        time.sleep(0.01)
    return "done"
"""


@pytest.fixture(params=SIDES)
def transport(request):
    return request.param


@pytest.fixture
def server():
    """The URL of a server that all tests share, and that nobody strikes."""
    need(server_kind("redis").install_hint())
    return private_server("redis", Safety.DEFAULT).url


@pytest.fixture
def controlled():
    """A server that a test may kill; it writes to disk before each reply."""
    return controllable("redis", "safe")


@pytest.fixture
def name(tmp_path):
    """A queue for each test."""
    return f"test-{os.getpid()}-{tmp_path.name}"


@pytest.fixture
def client(server):
    """A client of the user's."""
    with redis.Redis.from_url(server) as connected:
        yield connected


@pytest.fixture
def left(client, name):
    """Return what there is on the server of a queue."""
    return lambda: list(client.scan_iter(f"crossover:jobs:{name}:*"))


@pytest.fixture
def open_sides(transport, server, name):
    """Connect as an executor, and as a number of workers."""
    with ExitStack() as stack:

        def connect(safety="safe", workers=1, lease=30.0, url=server):
            queue, intake = SIDES[transport]
            made = [queue(url, name, Safety(safety), lease=lease)]
            made += [intake(url, name, lease=lease) for _ in range(workers)]
            for one in made:
                stack.callback(one.close)
            return made

        yield connect


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """A module of the user's."""
    (tmp_path / "mine_calls.py").write_text(MINE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "mine_calls", raising=False)
    import mine_calls  # noqa: PLC0415 - it is written by this test

    return mine_calls


@pytest.fixture
def serve(mine, tmp_path, transport, name):
    """Start a `crossover worker` with one process, and return when it is ready."""
    with ExitStack() as stack:
        count = 0

        def start(url, before=()):
            nonlocal count
            count += 1
            log = tmp_path / f"log-{count}"
            words = [
                "worker",
                f"{transport}?lease={LEASE:g}s",
                "--queue",
                name,
                "--allow",
                "mine_calls",
                "-w",
                "1",
            ]
            words += ["--state", str(tmp_path / f"state-{count}")]
            environment = {**os.environ, "CROSSOVER_REDIS_URL": url, "PYTHONPATH": os.pathsep.join(sys.path)}
            with log.open("w") as file:
                process = subprocess.Popen(
                    [*before, sys.executable, "-m", "crossover.cli.main", *words],
                    cwd=tmp_path,
                    env=environment,
                    stderr=file,
                )
            stack.callback(_end, process)
            assert eventually(lambda: "ready" in log.read_text() or process.poll() is not None), log.read_text()
            assert process.poll() is None, log.read_text()
            return process

        yield start


@pytest.fixture
def executor(transport, name, monkeypatch):
    """Make an executor, whose workers are processes of others."""
    with ExitStack() as stack:

        def make(url, safety, **options):
            monkeypatch.setenv("CROSSOVER_REDIS_URL", url)
            made = RemoteExecutor(
                transport=transport, workers="external", queue=name, safety=safety, allow=["mine_calls"], **options
            )
            stack.callback(made.shutdown, cancel_futures=True)
            return made

        yield make


def _end(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
    process.wait()
