"""Workers as processes of their own, and the side of an executor in the test."""

import importlib.util
import json
import socket
import sys
import time
from types import SimpleNamespace

import pytest
from skips import need
from waiting import eventually

from brokers.servers.private import private_server
from brokers.servers.registry import server_kind
from crossover.cli.commands.worker import SERVERS
from crossover.contract.errors import BrokenError
from crossover.contract.safety import Safety
from crossover.jobs.remote.allowed import AllowList
from crossover.jobs.remote.messages import VALUE, decode_outcome, encode_call
from crossover.jobs.remote.transports import open_queue
from crossover.jobs.remote.values import Reader

MINE = """
import os, signal, sys, time
from pathlib import Path

def add(a, b):
    return a + b

def boom():
    raise ValueError("no")

def pid():
    return os.getpid()

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def die_once(path):
    if not Path(path).exists():
        Path(path).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"

def wait_for(path, begun):
    with Path(begun).open("a") as file:
        file.write("x")
    while not Path(path).exists():
        time.sleep(0.01)
    return "done"

def spin_until(path):
    while not os.path.exists(path):
        pass
    return "done"

def grow():
    global kept
    kept = bytearray(64 * 2**20)
    return os.getpid()

def _hidden():
    return 1
"""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """The module of the user's, in the folder of the command; imported here, too."""
    (tmp_path / "mine_worker.py").write_text(MINE)
    spec = importlib.util.spec_from_file_location("mine_worker", tmp_path / "mine_worker.py")
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "mine_worker", module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(params=["redis-stream", "redis-list", "rabbitmq"])
def transport(request):
    """Each of them; a test whose subject is the same over all takes one."""
    return request.param


@pytest.fixture
def server(transport):
    """A server that all tests share, and that nobody strikes."""
    kind = server_kind(SERVERS[transport])
    need(kind.install_hint())
    return SimpleNamespace(variable=kind.variable, url=private_server(kind.name, Safety.DEFAULT).url)


@pytest.fixture
def queue_name(tmp_path):
    """A queue for each test: a worker that another one has killed must take nothing from it."""
    return f"test-{tmp_path.name}-{time.time_ns()}"


class Worker:
    """A `crossover worker` with --log-json."""

    def __init__(self, process, lines):
        self.process, self._lines = process, lines

    def events(self, name=""):
        lines = self._lines.read_text().splitlines()
        found = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
        return [event for event in found if not name or event["event"] == name]

    def has_told(self, name, times=1):
        return eventually(lambda: len(self.events(name)) >= times or self.process.poll() is not None) and (
            len(self.events(name)) >= times
        )


@pytest.fixture
def serve(mine, tmp_path, environment, transport, server, queue_name, begin):
    """Start a worker of the module, and return when it is ready."""
    begun = []

    def start(*words, url="", lease="", allow="mine_worker", state="", **variables):
        typed = ["worker", f"{transport}{lease}", "--queue", queue_name, "--log-json", "-w", "1", *words]
        if allow:
            typed += ["--allow", allow]
        state = state or tmp_path / f"state-{len(begun)}"
        process = begin(*typed, "--state", str(state), **{server.variable: url or server.url}, **variables)
        lines = tmp_path / f"log-{len(begun)}"
        (tmp_path / "stderr").rename(lines)
        begun.append(worker := Worker(process, lines))
        worker.state = state
        assert worker.has_told("ready"), lines.read_text()
        return worker

    return start


class Executor:
    """The side of an executor: it sends calls, and knows what became of each."""

    def __init__(self, transport, url, queue, safety):
        self.queue = open_queue(transport, url, queue, Safety(safety))
        self.safe = safety == "safe"
        self.reader = Reader(AllowList(["mine_worker"]))
        self.run = f"run{time.time_ns()}"
        self.sent = 0
        self.outcomes, self.notes = {}, set()

    def send(self, function, *args, **options):
        self.sent += 1
        number = f"{self.run}-{self.sent}"
        options = {"safe": self.safe, **options}
        self.queue.send(encode_call(number, self.run, function, args, {}, self.queue.reply_to, **options), number)
        return number

    def receive(self, timeout=0.2, signer=None):
        try:
            messages = self.queue.receive(timeout)
        except BrokenError:  # the next one connects again
            messages = []
        for message in messages:
            outcome = decode_outcome(message, *([signer] if signer else []))
            if outcome.kind == "begun":
                self.notes.add(outcome.number)
            else:
                value = outcome.value if outcome.kind == VALUE else outcome.error
                self.outcomes.setdefault(outcome.number, []).append(value(self.reader))
        for number, reason, _ in self.queue.lost():
            self.outcomes.setdefault(number, []).append(LookupError(reason))

    def wait(self, *numbers, seconds=40, signer=None):
        """Return what has become of calls."""

        def all_known():
            self.receive(signer=signer)
            return all(number in self.outcomes for number in numbers)

        assert eventually(all_known, seconds), f"{len(self.outcomes)} of {len(numbers)} outcomes"
        return [self.outcomes[number][0] for number in numbers]

    def call(self, function, *args):
        return self.wait(self.send(function, *args))[0]


@pytest.fixture
def executor(transport, server, queue_name):
    """Connect as an executor at a level."""
    opened = []

    def connect(safety="default", url=""):
        opened.append(Executor(transport, url or server.url, queue_name, safety))
        return opened[-1]

    yield connect
    for one in opened:
        one.queue.close()


@pytest.fixture
def free_port():
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]
