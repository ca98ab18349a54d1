"""Private servers: ours alone, and gone with whoever used them, however that ended."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import pika
import psutil
import pytest
import redis
from pika.exceptions import AMQPError
from server_values import VALUES
from skips import serve
from waiting import eventually

from brokers.redis.client import connect
from brokers.servers import private
from brokers.servers.registry import server_kind
from crossover.contract import session_resources
from crossover.contract.errors import StartError
from crossover.contract.safety import Safety

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


@pytest.fixture(autouse=True)
def temporary(monkeypatch):
    """A folder for everything temporary, so that whatever is left can be seen; short, since sockets lie there."""
    with tempfile.TemporaryDirectory(prefix="test-") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr("tempfile.tempdir", None)
        yield Path(folder)
        monkeypatch.undo()


@pytest.fixture
def server(request):
    """A server of the kind that the test names, or of any."""
    made = serve(getattr(request, "param", "redis"))
    yield made
    made.stop()


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
        user.wait(20)
    assert eventually(lambda: not any(one.is_running() for one in family), 20)
    assert eventually(lambda: not processes_in(temporary))
    assert eventually(lambda: not list(temporary.iterdir()))
    assert not listens(url)


@pytest.mark.parametrize("killed", ["server", "warden"])
def test_nothing_is_left_when_somebody_kills_a_part_of_it(server, temporary, killed):
    warden = server._warden.process.pid
    os.kill(warden if killed == "warden" else server.pids[-1], signal.SIGTERM)
    assert eventually(lambda: not processes_in(temporary))
    assert eventually(lambda: not list(temporary.iterdir()))
    assert eventually(lambda: not server.running())


@pytest.mark.parametrize("server", VALUES, indirect=True)
def test_no_server_outlives_its_warden_even_if_that_is_killed(server, temporary):
    family = psutil.Process(server._warden.process.pid).children(recursive=True)
    os.kill(server._warden.process.pid, signal.SIGKILL)
    assert eventually(lambda: not any(one.is_running() for one in family), 10), family
    server.stop()
    assert not list(temporary.iterdir())


def test_a_server_that_has_died_is_replaced_for_the_next_who_asks(monkeypatch):
    if reason := server_kind("redis").install_hint():
        pytest.skip(reason)
    monkeypatch.setattr(session_resources, "_kept", {})
    try:
        first = private.private_server("redis", Safety.DEFAULT)
        assert private.private_server("redis", Safety.DEFAULT) is first
        os.kill(first.pids[-1], signal.SIGKILL)
        assert eventually(lambda: not first.running())
        second = private.private_server("redis", Safety.DEFAULT)
        assert second is not first
        assert redis.Redis.from_url(second.url).ping()
    finally:
        session_resources.end_all()


@pytest.mark.parametrize("kind", VALUES)
def test_two_users_at_once_do_not_meet(kind):
    one = serve(kind)
    try:
        other = serve(kind)
        try:
            assert one.directory != other.directory
            assert urlsplit(one.url)[:3] != urlsplit(other.url)[:3]
            assert urlsplit(one.url).password != urlsplit(other.url).password or kind == "memcached"
            assert not set(one.pids) & set(other.pids)
            leave_value, has_value = VALUES[kind]
            leave_value(one.url)
            assert not has_value(other.url)
        finally:
            other.stop()
        assert has_value(one.url)
    finally:
        one.stop()


def test_a_private_redis_wants_a_password(server):
    port = urlsplit(server.url).port
    for nobody in ("", ":wrong@"):
        with pytest.raises(redis.AuthenticationError):
            connect(f"redis://{nobody}127.0.0.1:{port}/0", "nobody").ping()
    assert connect(server.url, "us").ping()


@pytest.mark.parametrize("server", ["rabbitmq"], indirect=True)
def test_a_private_rabbitmq_wants_a_password_and_nobody_is_a_guest(server):
    port = urlsplit(server.url).port
    for user, password in (("guest", "guest"), ("crossover", "wrong")):
        with pytest.raises(AMQPError):
            pika.BlockingConnection(pika.URLParameters(f"amqp://{user}:{password}@127.0.0.1:{port}/%2F"))
    password = urlsplit(server.url).password
    assert password not in arguments(server)
    assert_nobody_else_may_read(server)
    assert_only_this_machine_can_reach(server)


def test_a_private_redis_is_for_this_user_on_this_machine_alone(server):
    assert urlsplit(server.url).password not in arguments(server)
    assert_nobody_else_may_read(server)
    assert_only_this_machine_can_reach(server)


@pytest.mark.parametrize("server", ["memcached"], indirect=True)
def test_a_private_memcached_is_a_socket_that_nobody_else_can_open(server):
    assert_nobody_else_may_read(server)
    assert stat.S_IMODE((server.directory / "memcached.sock").stat().st_mode) == 0o600
    assert not [one for pid in server.pids for one in psutil.Process(pid).net_connections("inet")]
    assert server_kind("memcached").inspect(server.url).startswith("memcached 1.")


def test_a_path_that_is_too_long_for_a_socket_is_named(temporary, monkeypatch):
    if reason := server_kind("memcached").install_hint():
        pytest.skip(reason)
    deep = temporary / ("x" * 100)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with pytest.raises(StartError, match=r"its socket would be too long: .*; set TMPDIR to a shorter one"):
        private.PrivateServer("memcached", Safety.DEFAULT)
    assert not list(deep.iterdir())


def arguments(server):
    """Return what everybody can see of its processes, and of ours."""
    warden = psutil.Process(server._warden.process.pid)
    family = [psutil.Process(), warden, *warden.children(recursive=True)]
    return repr([one.cmdline() for one in family])


def assert_nobody_else_may_read(server):
    assert stat.S_IMODE(server.directory.stat().st_mode) == 0o700


def assert_only_this_machine_can_reach(server):
    family = psutil.Process(server._warden.process.pid).children(recursive=True)
    listening = [
        connection.laddr.ip
        for one in family
        for connection in one.net_connections("inet")
        if connection.status in {psutil.CONN_LISTEN, psutil.CONN_NONE}
    ]
    assert listening
    assert set(listening) <= {"127.0.0.1", "::1"}


@pytest.mark.parametrize(
    ("level", "appendonly", "appendfsync"),
    [("fast", "no", None), ("default", "yes", "everysec"), ("safe", "yes", "always")],
)
def test_what_a_private_redis_writes_to_disk_follows_from_the_safety_level(level, appendonly, appendfsync):
    server = serve("redis", level)
    try:
        client = redis.Redis.from_url(server.url, decode_responses=True)
        said = client.config_get("append*")
        assert said["appendonly"] == appendonly
        assert appendfsync is None or said["appendfsync"] == appendfsync
        assert client.config_get("save") == {"save": ""}
    finally:
        server.stop()


def test_a_server_that_cannot_start_says_why_and_leaves_nothing(tmp_path, temporary, monkeypatch):
    broken = tmp_path / "redis-server"
    broken.write_text("#!/bin/sh\necho Fatal error: no luck today\nexit 1\n")
    broken.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    began = time.monotonic()
    with pytest.raises(StartError, match=r"a private redis server cannot be started: .*no luck today"):
        private.PrivateServer("redis", Safety.DEFAULT)
    assert time.monotonic() - began < 10
    assert not list(temporary.iterdir())


def test_who_ends_leaves_servers_of_others_alone_though_their_mark_has_its_number_in_it():
    command = [sys.executable, "-c", "import sys, brokers.servers.private; sys.stdin.read()"]
    paths = os.pathsep.join(filter(None, sys.path))
    with subprocess.Popen(command, stdin=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths}) as user:
        marked = {**os.environ, "mirakuru_uuid": f"1:a{user.pid}b"}
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, env=marked) as other:
            user.stdin.close()
            assert user.wait(20) == 0
            with pytest.raises(subprocess.TimeoutExpired):
                other.wait(0.5)
            other.communicate(b"\n", 20)
