"""A private server is for this user on this machine alone."""

import re
import stat
from urllib.parse import urlsplit

import pika
import psutil
import pytest
import redis
from pika.exceptions import AMQPError
from server_values import VALUES
from skips import serve

from brokers.redis.connection.client import connect
from brokers.servers.registry import server_kind

pytestmark = pytest.mark.usefixtures("temporary")


@pytest.mark.long
@pytest.mark.parametrize("kind", VALUES)
def test_two_users_at_once_do_not_meet_and_each_is_alone_on_his_server(kind):
    """One test, because to start a RabbitMQ takes six seconds of CPU time."""
    one = serve(kind)
    try:
        other = serve(kind)
        try:
            assert one.directory != other.directory
            assert urlsplit(one.url)[:3] != urlsplit(other.url)[:3]
            assert urlsplit(one.url).password != urlsplit(other.url).password or urlsplit(one.url).scheme == "unix"
            assert not set(one.pids) & set(other.pids)
            assert not cookies(one) & cookies(other)
            leave_value, has_value = VALUES[kind]
            leave_value(one.url)
            assert not has_value(other.url)
        finally:
            other.stop()
        assert has_value(one.url)
        assert_only_this_user_may_read(one)
        IS_PRIVATE[kind](one)
    finally:
        one.stop()


def redis_wants_a_password(server):
    port = urlsplit(server.url).port
    for nobody in ("", ":wrong@"):
        with pytest.raises(redis.AuthenticationError):
            connect(f"redis://{nobody}127.0.0.1:{port}/0", "nobody").ping()
    assert connect(server.url, "us").ping()
    assert urlsplit(server.url).password not in arguments(server)
    assert_only_this_machine_can_reach(server)


def rabbitmq_wants_a_password_and_has_no_guest_user(server):
    port = urlsplit(server.url).port
    for user, password in (("guest", "guest"), ("crossover", "wrong")):
        with pytest.raises(AMQPError):
            pika.BlockingConnection(pika.URLParameters(f"amqp://{user}:{password}@127.0.0.1:{port}/%2F"))
    assert urlsplit(server.url).password not in arguments(server)
    (cookie,) = cookies(server)
    assert cookie not in arguments(server)
    assert not re.fullmatch(r"[A-Z]{20}", cookie), "Erlang has made it, which does not ask the system for random bytes"
    assert_only_this_machine_can_reach(server)


def memcached_is_a_socket_that_only_this_user_can_open(server):
    assert stat.S_IMODE((server.directory / "memcached.sock").stat().st_mode) == 0o600
    assert not [one for pid in server.pids for one in psutil.Process(pid).net_connections("inet")]
    assert server_kind("memcached").inspect(server.url).startswith("memcached 1.")


IS_PRIVATE = {
    "redis": redis_wants_a_password,
    "rabbitmq": rabbitmq_wants_a_password_and_has_no_guest_user,
    "memcached": memcached_is_a_socket_that_only_this_user_can_open,
}


def arguments(server):
    """Return what everybody can see of its processes, and of ours."""
    warden = psutil.Process(server._warden.process.pid)
    family = [psutil.Process(), warden, *warden.children(recursive=True)]
    return repr([one.cmdline() for one in family])


def assert_only_this_user_may_read(server):
    assert stat.S_IMODE(server.directory.stat().st_mode) == 0o700
    for path in server.directory.iterdir():
        if path.suffix == ".conf" or path.name == ".erlang.cookie":
            assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def cookies(server):
    """Return the secrets with which one gets into an Erlang node, past every password."""
    return {path.read_text().strip() for path in server.directory.rglob(".erlang.cookie")}


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
