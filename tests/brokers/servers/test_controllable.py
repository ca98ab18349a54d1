"""Private servers that are killed, started again, held and filled on purpose; nothing of that outlives their user."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pika
import psutil
import pytest
import redis
from pymemcache import Client as Memcached
from server_values import VALUES
from skips import need
from waiting import eventually

from brokers.redis.connection.client import connect
from brokers.servers import session
from brokers.servers.private import private_server
from brokers.servers.registry import server_kind
from brokers.servers.warden.warden import start_ticks
from crossover.contract.errors import StartError, UnusableError
from crossover.contract.safety import Safety

USER = """
import sys
from brokers.servers.private import PrivateServer
from crossover.contract.safety import Safety

server = PrivateServer(sys.argv[1], Safety.DEFAULT)
for step in sys.argv[2:]:
    getattr(server, step)()
print(server.directory, server._warden.process.pid, flush=True)
sys.stdin.read()
"""


NOTED_WITHIN = 2.0  # seconds until RabbitMQ 3.10 would remember a new quorum queue, and what it has confirmed in it


def mute(url):
    """Say whether nothing comes back from a server that listens."""
    parts = urlsplit(url)
    greeting = b"AMQP\x00\x00\x09\x01" if parts.scheme == "amqp" else b"PING\r\n"
    with socket.create_connection(("127.0.0.1", parts.port), 1) as line:
        line.settimeout(0.5)
        line.sendall(greeting)
        try:
            return not line.recv(1)
        except TimeoutError:
            return True


@pytest.mark.parametrize(("safety", "kept"), [(Safety.FAST, None), (Safety.DEFAULT, b"5"), (Safety.SAFE, b"5")])
def test_what_a_redis_has_on_disk_is_there_again(controllable, safety, kept):
    server = controllable("redis", safety)
    url, before = server.url, list(server.pids)
    with connect(url, "test") as client:
        client.set("kept", 5)
    server.kill()
    assert not server.running()
    assert start_ticks(before[-1]) is None
    with pytest.raises(redis.ConnectionError), connect(url, "test") as client:
        client.ping()
    server.restart()
    assert server.running()
    assert server.url == url
    assert server.pids != before
    assert all(start_ticks(pid) for pid in server.pids)
    with connect(url, "test") as client:
        assert client.get("kept") == kept


def test_a_rabbitmq_keeps_what_is_durable(rabbitmq):
    epmd, beam = rabbitmq.pids
    with closing(pika.BlockingConnection(pika.URLParameters(rabbitmq.url))) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        for kind, mode in (("classic", 1), ("classic", 2), ("quorum", 2)):
            queue = f"{kind}-{mode}"
            channel.queue_declare(queue, durable=True, arguments={"x-queue-type": kind})
            channel.basic_publish("", queue, b"kept", pika.BasicProperties(delivery_mode=mode))
    time.sleep(NOTED_WITHIN)
    rabbitmq.kill()
    assert rabbitmq.pids == [epmd, beam]
    assert eventually(lambda: family(rabbitmq) == {epmd})  # with the helpers of Erlang
    rabbitmq.restart()
    assert rabbitmq.pids[0] == epmd
    assert start_ticks(rabbitmq.pids[1])
    with closing(pika.BlockingConnection(pika.URLParameters(rabbitmq.url))) as connection:
        channel = connection.channel()
        there = {queue: channel.basic_get(queue, auto_ack=True)[2] for queue in ("classic-1", "classic-2", "quorum-2")}
        for queue in there:
            channel.queue_delete(queue)
    assert there == {"classic-1": None, "classic-2": b"kept", "quorum-2": b"kept"}


def family(server):
    return {process.pid for process in psutil.Process(server._warden.process.pid).children(recursive=True)}


def test_a_memcached_comes_back_empty(controllable):
    server = controllable("memcached")
    path = urlsplit(server.url).path
    with closing(Memcached(f"unix:{path}")) as client:
        client.set("gone", b"5")
    server.kill()
    server.restart()
    with closing(Memcached(f"unix:{path}")) as client:
        assert client.get("gone") is None


def test_a_server_dies_and_comes_back_as_often_as_one_likes(controllable):
    server = controllable("redis", Safety.SAFE)
    for count in range(1, 4):
        with connect(server.url, "test") as client:
            assert client.incr("count") == count
        server.kill()
        server.kill()  # dead is dead
        server.restart()


def test_no_second_server_is_started_while_one_is_down(monkeypatch):
    need(server_kind("redis").install_hint())
    monkeypatch.setattr(session, "_kept", {})
    server = private_server("redis", Safety.FAST)
    try:
        server.kill()
        assert private_server("redis", Safety.FAST) is server
        server.restart()
        assert private_server("redis", Safety.FAST) is server
        os.kill(server.pids[-1], signal.SIGKILL)  # not by its user
        assert eventually(lambda: not server.usable())
        assert eventually(lambda: not server.directory.exists())
        with pytest.raises(UnusableError, match=r"has ended|does not come back"):
            server.restart()
    finally:
        session.stop_all()


def test_a_server_whose_port_was_taken_meanwhile_is_given_up(controllable):
    server = controllable("redis")
    server.kill()
    with (
        socket.create_server(("127.0.0.1", urlsplit(server.url).port)),
        pytest.raises(StartError, match="does not come back"),
    ):
        server.restart()
    assert eventually(lambda: not server.directory.exists())


@pytest.mark.parametrize("kind", ["redis", "rabbitmq"])
def test_a_server_that_is_held_is_mute_until_it_goes_on(request, controllable, kind):
    server = request.getfixturevalue("rabbitmq") if kind == "rabbitmq" else controllable(kind)
    assert not mute(server.url)
    server.pause()
    assert mute(server.url)
    assert server.running()
    server.resume()
    assert not mute(server.url)


@pytest.mark.parametrize("then", ["stop", "kill"])
def test_a_server_that_is_held_can_be_ended(controllable, then):
    server = controllable("redis", Safety.DEFAULT)
    server.pause()
    if then == "kill":
        server.kill()
        server.restart()
        assert not mute(server.url)
    server.stop()
    assert not server.directory.exists()


@pytest.mark.parametrize(
    ("kind", "steps"),
    [(kind, ["kill"]) for kind in VALUES] + [("redis", ["kill", "restart"]), ("redis", ["pause"])],
)
def test_nothing_is_left_where_the_user_is_killed_in_between(kind, steps, monkeypatch):
    need(server_kind(kind).install_hint())
    with tempfile.TemporaryDirectory(prefix="test-") as temporary:
        monkeypatch.setenv("TMPDIR", temporary)
        with subprocess.Popen(
            [sys.executable, "-c", USER, kind, *steps],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as user:
            directory, warden = user.stdout.readline().split()
            assert Path(directory).exists()
            processes = [psutil.Process(int(warden)), *psutil.Process(int(warden)).children(recursive=True)]
            user.kill()
        assert eventually(lambda: not any(process.is_running() for process in processes))
        assert eventually(lambda: not list(Path(temporary).iterdir()))
