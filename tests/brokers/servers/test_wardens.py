"""A warden ends all that its server has started; a process forked from the server's user ends nothing."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest
from skips import need
from waiting import PATIENCE, eventually

from brokers.servers import launch, private
from brokers.servers.registry import server_kind
from brokers.servers.warden import warden
from crossover.contract.errors import StartError
from crossover.contract.safety import Safety

RUNAWAY = "(setsid sh -c 'trap \"\" TERM HUP; sleep 1000 & wait' &) ; exec sleep 1000"
FORKS = """
import os, sys, time
from brokers.servers.private import private_server
from brokers.servers import session
from crossover.contract.safety import Safety

server = private_server("redis", Safety.DEFAULT)
if not (child := os.fork()):
    if sys.argv[1] == "stop_all":
        session.stop_all()
    if sys.argv[1] == "stop":
        server.stop()
    if sys.argv[1] == "own":
        assert private_server("redis", Safety.DEFAULT) is not server
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
time.sleep(0.1)
assert server.running() and server.directory.exists()
"""


@pytest.fixture
def temporary(monkeypatch):
    """A folder for everything temporary."""
    with tempfile.TemporaryDirectory(prefix="test-") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr("tempfile.tempdir", None)
        yield Path(folder)
        monkeypatch.undo()


def guarding(directory, *commands):
    directory.mkdir()
    words = [sys.executable, "-I", warden.__file__, str(os.getpid()), str(directory), json.dumps(commands)]
    return subprocess.Popen(words, start_new_session=True)


def test_a_warden_ends_in_time_with_all_that_hid_in_groups_of_their_own(tmp_path):
    with guarding(tmp_path / "there", ["sh", "-c", RUNAWAY]) as guard:
        assert eventually(lambda: len(psutil.Process(guard.pid).children(recursive=True)) == 3)
        family = psutil.Process(guard.pid).children(recursive=True)
        try:
            guard.send_signal(signal.SIGTERM)
            guard.wait(PATIENCE)
            assert not any(one.is_running() for one in family)
            assert not (tmp_path / "there").exists()
        finally:
            for one in filter(psutil.Process.is_running, family):
                one.kill()


def test_a_warden_writes_down_whom_it_has_started(tmp_path):
    with guarding(tmp_path / "there", ["sleep", "1000"], ["sleep", "1001"]) as guard:
        marker = tmp_path / "there" / warden.MARKER
        assert eventually(lambda: marker.exists() and len(marker.read_text().splitlines()) == 2)
        children = psutil.Process(guard.pid).children()
        assert marker.read_text().split() == [
            str(number) for child in children for number in (child.pid, warden.start_ticks(child.pid))
        ]
        guard.send_signal(signal.SIGTERM)


def test_nothing_but_the_folder_outlives_a_killed_warden(tmp_path):
    with guarding(tmp_path / "there", ["sleep", "1000"]) as guard:
        marker = tmp_path / "there" / warden.MARKER
        assert eventually(lambda: marker.exists() and marker.read_text())
        pid = int(marker.read_text().split()[0])
        guard.kill()
    assert eventually(lambda: warden.start_ticks(pid) is None)
    assert marker.exists()


@pytest.mark.long
@pytest.mark.parametrize("leaves", ["exits", "stop_all", "stop", "own"])
def test_a_process_that_is_forked_from_the_user_and_leaves_ends_no_server(temporary, leaves):
    need(server_kind("redis").install_hint())
    ended = subprocess.run(
        [sys.executable, "-c", FORKS, leaves], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert not ended.stderr
    assert eventually(lambda: not list(temporary.iterdir()))


def test_ports_that_are_chosen_together_are_different(monkeypatch):
    held = set()

    class Again(socket.socket):
        """Is given the lowest port that nobody holds, as may happen."""

        def bind(self, _address):
            self.port = next(port for port in range(1_000, 2_000) if port not in held)
            held.add(self.port)

        def getsockname(self):
            return "127.0.0.1", self.port

        def __exit__(self, *_how):
            held.remove(self.port)
            self.close()

    monkeypatch.setattr(launch.socket, "socket", Again)
    assert launch.free_ports(3) == [1_000, 1_001, 1_002]
    assert not held


@pytest.mark.long
def test_a_port_taken_by_another_process_meanwhile_is_no_failure(temporary, monkeypatch):
    need(server_kind("redis").install_hint())
    with socket.socket() as bound:  # connections to it are refused, but nobody else can have it
        bound.bind(("127.0.0.1", 0))
        ports = [[bound.getsockname()[1]], [bound.getsockname()[1]], launch.free_ports(1)]
        monkeypatch.setattr("brokers.redis.server.free_ports", lambda _count: ports.pop(0))
        server = private.PrivateServer("redis", Safety.FAST)
    try:
        assert server.running()
        assert not ports
        assert list(temporary.iterdir()) == [server.directory]
    finally:
        server.stop()


def test_a_port_where_another_server_answers_is_no_failure(temporary, monkeypatch):
    need(server_kind("redis").install_hint())
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setattr("brokers.redis.server.free_ports", lambda _count: [listening.getsockname()[1]])
        with pytest.raises(StartError, match="a private redis server cannot be started: "):
            private.PrivateServer("redis", Safety.FAST)
    assert not list(temporary.iterdir())
