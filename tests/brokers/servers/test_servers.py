"""Private servers: they end with the process that used them, however that ended."""

import json
import os
import signal
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import psutil
import pytest
from server_values import VALUES
from waiting import PATIENCE, eventually

from brokers.servers.registry import server_kind

pytestmark = pytest.mark.usefixtures("temporary")


USER = """
import json, sys
from brokers.servers.private import private_server
from crossover.contract.safety import Safety

server = private_server(sys.argv[1], Safety.DEFAULT)
print(json.dumps([server.url, str(server.directory)]), flush=True)
sys.stdin.read()
if sys.argv[2] == "raises":
    raise RuntimeError("on purpose")
"""


def processes_in(folder):
    """Return the processes that work in a folder, as all of a private server do."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd().startswith(str(folder)) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def listens(url):
    parts = urlsplit(url)
    with socket.socket(socket.AF_UNIX if parts.scheme == "unix" else socket.AF_INET) as probe:
        return probe.connect_ex(parts.path if parts.scheme == "unix" else ("127.0.0.1", parts.port)) == 0


@pytest.mark.long
@pytest.mark.parametrize("server", VALUES, indirect=True)
def test_a_server_is_removed_with_its_directory_when_it_is_stopped(server, temporary):
    family = [
        one for pid in server.pids for one in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))
    ]
    assert listens(server.url)
    assert processes_in(temporary)
    server.stop()
    server.stop()
    assert eventually(lambda: not any(one.is_running() for one in family))
    assert eventually(lambda: not processes_in(temporary))
    assert not list(temporary.iterdir())
    assert not listens(server.url)


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "ending"),
    [(kind, "SIGKILL") for kind in VALUES] + [("redis", ending) for ending in ("exits", "raises", "SIGTERM")],
)
def test_a_server_goes_with_its_user_however_that_ends(kind, ending, temporary):
    if reason := server_kind(kind).install_hint():
        pytest.skip(reason)
    user = subprocess.Popen(
        [sys.executable, "-c", USER, kind, ending],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with user:
        url, directory = json.loads(user.stdout.readline())
        family = psutil.Process(user.pid).children(recursive=True)
        assert len(family) >= (3 if kind == "rabbitmq" else 2)  # the warden, the server, RabbitMQ's epmd
        assert directory.startswith(str(temporary))
        if ending.startswith("SIG"):
            user.send_signal(getattr(signal, ending))
        user.stdin.close()
        user.wait(PATIENCE)
    assert eventually(lambda: not any(one.is_running() for one in family))
    assert eventually(lambda: not processes_in(temporary))
    assert eventually(lambda: not list(temporary.iterdir()))
    assert not listens(url)


@pytest.mark.parametrize("killed", ["server", "warden"])
def test_nothing_is_left_when_the_server_or_its_warden_is_killed(server, temporary, killed):
    warden = server._warden.process.pid
    os.kill(warden if killed == "warden" else server.pids[-1], signal.SIGTERM)
    assert eventually(lambda: not processes_in(temporary))
    assert eventually(lambda: not list(temporary.iterdir()))
    assert eventually(lambda: not server.running())


@pytest.mark.long
@pytest.mark.parametrize("server", VALUES, indirect=True)
def test_no_server_outlives_its_warden_even_if_that_is_killed(server, temporary):
    family = psutil.Process(server._warden.process.pid).children(recursive=True)
    os.kill(server._warden.process.pid, signal.SIGKILL)
    assert eventually(lambda: not any(one.is_running() for one in family)), family
    server.stop()
    assert not list(temporary.iterdir())


def test_a_process_that_ends_stops_no_server_of_another_process():
    command = [sys.executable, "-c", "import sys, brokers.servers.private; sys.stdin.read()"]
    paths = os.pathsep.join(filter(None, sys.path))
    with subprocess.Popen(command, stdin=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths}) as user:
        marked = {**os.environ, "mirakuru_uuid": f"1:a{user.pid}b"}
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, env=marked) as other:
            user.stdin.close()
            assert user.wait(PATIENCE) == 0
            with pytest.raises(subprocess.TimeoutExpired):
                other.wait(0.5)
            other.communicate(b"\n", 20)
