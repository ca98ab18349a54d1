"""A broker that is not there, refuses, or is something else: one sentence with its place, soon, without a password."""

import socket
import socketserver
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from skips import serve

QUICK = ["-W", "noop", "-n", "50", "-r", "1", "-w", "2"]


SECRET = "s3cret-s3cret"


class Fake(socketserver.StreamRequestHandler):
    """Answers like a Redis of some version."""

    version = b"7.0.0"

    def handle(self):
        while header := self.rfile.readline():
            words = [self.rfile.read(int(self.rfile.readline()[1:]) + 2)[:-2] for _ in range(int(header[1:]))]
            about = b"# Server\r\nredis_version:%s\r\n" % self.version
            bulk = b"$%d\r\n%s\r\n" % (len(about), about)
            self.wfile.write({b"INFO": bulk, b"CONFIG": b"*0\r\n"}.get(words[0].upper(), b"+OK\r\n"))


class Old(Fake):
    """From 2018."""

    version = b"5.0.0"


class Leaves(Fake):
    """Hangs up on everybody after the first two, who ask for its version."""

    came = 0

    def handle(self):
        type(self).came += 1
        if self.came <= 2:
            super().handle()


@contextmanager
def listening(handler):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("transport", ["redis-list", "redis-stream", "celery+redis", "rabbitmq", "celery+rabbitmq"])
def test_a_server_that_is_not_there_is_named_without_the_password(refused, transport):
    scheme, title = ("redis", "Redis") if "redis" in transport else ("amqp", "RabbitMQ")
    said = refused(transport, f"{scheme}://me:{SECRET}@127.0.0.1:1/0")
    assert said == f"crossover: {transport} cannot be used here: no {title} at 127.0.0.1:1: connection refused\n"


def test_so_is_one_that_was_typed(refused):
    assert "no Redis at 127.0.0.1:1: connection refused" in refused(f"redis-list://:{SECRET}@127.0.0.1:1/0", "")


def test_a_socket_that_is_not_there_is_named(refused, tmp_path):
    assert f"no Redis at {tmp_path}/nobody.sock: no such file or directory" in refused(
        "redis-list", f"unix://{tmp_path}/nobody.sock"
    )


def test_a_host_that_does_not_exist_is_named(refused):
    assert "no Redis at nowhere.invalid:6379: " in refused("redis-list", "redis://nowhere.invalid")


@pytest.mark.parametrize("user", [f":{SECRET}@", f"nobody:{SECRET}@", ""])
def test_a_wrong_password_is_said_and_not_shown(refused, redis_url, user):
    port = urlsplit(redis_url).port
    said = refused("redis-stream", f"redis://{user}127.0.0.1:{port}/0")
    assert f"Redis at 127.0.0.1:{port} refuses the user or the password" in said


@pytest.mark.parametrize("transport", ["rabbitmq", "celery+rabbitmq"])
def test_a_wrong_password_of_rabbitmq_is_said_and_not_shown(refused, rabbitmq_url, transport):
    port = urlsplit(rabbitmq_url).port
    said = refused(transport, f"amqp://crossover:{SECRET}@127.0.0.1:{port}/%2F")
    assert f"RabbitMQ at 127.0.0.1:{port} refuses the user or the password" in said


def test_a_vhost_that_does_not_exist_is_said(refused, rabbitmq_url):
    assert f"RabbitMQ at 127.0.0.1:{urlsplit(rabbitmq_url).port}" in refused(
        "rabbitmq", f"{rabbitmq_url.rpartition('/')[0]}/no"
    )


def test_a_server_that_is_no_rabbitmq_is_said_to_be_none(refused, redis_url):
    where = f"127.0.0.1:{urlsplit(redis_url).port}"
    said = refused("rabbitmq", f"amqp://me:{SECRET}@{where}")
    assert f"what listens at {where} does not answer like RabbitMQ within 5 s" in said


def test_a_server_that_is_no_redis_is_said_to_be_none(refused):
    memcached = serve("memcached")
    try:
        said = refused("redis-list", memcached.url)
        assert f"what listens at {urlsplit(memcached.url).path} is not Redis" in said
    finally:
        memcached.stop()


@pytest.mark.parametrize(
    ("transport", "scheme", "title"), [("redis-list", "redis", "Redis"), ("rabbitmq", "amqp", "RabbitMQ")]
)
def test_a_server_that_says_nothing_is_not_waited_for_longer_than_ten_seconds(
    refused, in_process, transport, scheme, title
):
    with socket.create_server(("127.0.0.1", 0)) as silent, ThreadPoolExecutor(1) as pool:
        connected = pool.submit(lambda: (silent.accept()[0], time.monotonic()))
        where = f"127.0.0.1:{silent.getsockname()[1]}"
        said = refused(transport, f"{scheme}://{where}", in_process)  # a process would have to end, too
        assert f"what listens at {where} does not answer like {title} within " in said
        connection, began = connected.result()
        assert time.monotonic() - began < 10
        connection.close()


def test_an_old_version_is_named_with_the_one_that_is_needed(refused):
    with listening(Old) as port:
        said = refused("redis-list", f"redis://127.0.0.1:{port}/0")
    assert f"Redis at 127.0.0.1:{port} is version 5.0.0; crossover needs 6.2 or newer" in said


@pytest.mark.long
def test_a_server_that_goes_away_while_the_workers_start_is_named(crossover):
    with listening(Leaves) as port:
        ended = crossover("compare", "redis-list", *QUICK, CROSSOVER_REDIS_URL=f"redis://127.0.0.1:{port}/0")
    assert ended.returncode == 69
    assert f"Redis at 127.0.0.1:{port}: " in ended.stderr
    assert "Traceback" not in ended.stderr
