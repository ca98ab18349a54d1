"""A broker that is not there, refuses, or is something else: one sentence with its place, soon, without a password."""

import socket
import socketserver
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from skips import serve
from waiting import eventually

from brokers.servers.registry import server_kind
from crossover.contract.registry import load
from crossover.contract.text import ENCODE

QUICK = ["-W", "noop", "-n", "50", "-r", "1", "-w", "2"]
BRING = "apt-get install"
SECRET = "s3cret-s3cret"
NAP = """
    import pathlib, time

    def run(item):
        pathlib.Path("began").touch()
        time.sleep(item)
"""


@pytest.fixture
def refused(crossover, tmp_path):
    """Compare a transport whose server cannot be used; return the one sentence that was said."""

    def attempt(transport, url, run=crossover):
        name = transport.partition("://")[0]
        words = ["compare", transport, *QUICK, "--json", "out.json"]
        ended = run(*words, **{server_kind(load(name).server).variable: url})
        assert ended.returncode == 69, ended
        assert not ended.stdout
        assert not (tmp_path / "out.json").exists()
        assert ended.stderr.startswith(f"crossover: {name} cannot be used here: ")
        assert ended.stderr.count("\n") == 1
        assert SECRET not in ended.stderr
        return ended.stderr

    return attempt


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
        "rabbitmq", rabbitmq_url.replace("%2F", "no")
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
def test_a_server_that_says_nothing_is_not_waited_for_longer_than_ten_seconds(refused, transport, scheme, title):
    with socket.create_server(("127.0.0.1", 0)) as silent, ThreadPoolExecutor(1) as pool:
        connected = pool.submit(lambda: (silent.accept()[0], time.monotonic()))
        where = f"127.0.0.1:{silent.getsockname()[1]}"
        said = refused(transport, f"{scheme}://{where}")
        assert f"what listens at {where} does not answer like {title} within " in said
        connection, began = connected.result()
        assert time.monotonic() - began < 10
        connection.close()


def test_an_old_version_is_named_with_the_one_that_is_needed(refused):
    with listening(Old) as port:
        said = refused("redis-list", f"redis://127.0.0.1:{port}/0")
    assert f"Redis at 127.0.0.1:{port} is version 5.0.0; crossover needs 6.2 or newer" in said


def test_a_server_that_goes_away_while_the_workers_start_is_named(crossover):
    with listening(Leaves) as port:
        ended = crossover("compare", "redis-list", *QUICK, CROSSOVER_REDIS_URL=f"redis://127.0.0.1:{port}/0")
    assert ended.returncode == 69
    assert f"Redis at 127.0.0.1:{port}: " in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (f"redis://me:{SECRET}@127.0.0.1", "the URL of rabbitmq begins with redis, allowed: amqp://, amqps://"),
        ("amqp://", "the URL of rabbitmq names no host"),
        ("amqp://127.0.0.1:99999", "the URL of rabbitmq cannot be read: its port is no number up to"),
        (f"amqp://me:{SECRET}@127.0.0.1:1/?heartbeat=often", "the URL of rabbitmq at 127.0.0.1:1 cannot be read"),
    ],
)
def test_a_url_of_rabbitmq_that_makes_no_sense_is_refused_with_what_is_wrong(refused, refuse, url, sentence):
    assert sentence in refused("rabbitmq", url, refuse)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://127.0.0.1", "the URL of redis begins with http, allowed: redis://, rediss://, unix://"),
        (f"amqp://me:{SECRET}@127.0.0.1", "the URL of redis begins with amqp, allowed: redis://, rediss://, unix://"),
        ("127.0.0.1:6379", "the URL of redis begins with "),
        ("nonsense", "the URL of redis begins with nothing, allowed: "),
        ("redis://", "the URL of redis names no host"),
        (f"redis://:{SECRET}@", "the URL of redis names no host"),
        ("redis://127.0.0.1:99999", "the URL of redis cannot be read: its port is no number up to 65535"),
        (f"redis://:{SECRET}@127.0.0.1:port", "the URL of redis cannot be read: its port is no number up to"),
        ("redis://[::1", "the URL of redis cannot be read: its host is neither a name nor an"),
        (f"redis://:{SECRET[:3]}#{SECRET}@127.0.0.1:1/0", f"the URL of redis cannot be read: {ENCODE}"),
        (f"redis://:{SECRET}/{SECRET}@127.0.0.1:1/0", f"the URL of redis cannot be read: {ENCODE}"),
        (f"redis://me:12/{SECRET}@127.0.0.1:1/0", f"the URL of redis cannot be read: {ENCODE}"),
        (f"redis://:{SECRET}?{SECRET}@127.0.0.1:1/0", f"the URL of redis cannot be read: {ENCODE}"),
        (f"redis://:{SECRET} {SECRET}@127.0.0.1:1/0", f"the URL of redis cannot be read: {ENCODE}"),
        (f"redis://:{SECRET}\u2100@127.0.0.1:1/0", "the URL of redis cannot be read: its host is neither a name"),
        ("unix://", "the URL of redis names no socket"),
        ("redis://127.0.0.1:1/0?nonsense=1", "has an option that redis-py does not know: 'nonsense'"),
        ("redis://127.0.0.1:1/zero", "the URL of redis names the database 'zero'; a number is wanted"),
    ],
)
def test_a_url_that_makes_no_sense_is_refused_with_what_is_wrong(refused, refuse, url, sentence):
    assert sentence in refused("redis-list", url, refuse)


@pytest.mark.parametrize("transport", ["redis-list", "celery+redis", "rabbitmq"])
def test_a_password_is_nowhere_to_be_seen(begin, mine, family, request, tmp_path, transport):
    server = load(transport).server
    url = request.getfixturevalue(f"{server}_url")
    password = urlsplit(url).password
    words = [*mine(NAP, [0.002]), "-n", "100000", "-r", "1", "-w", "2", "--time-limit", "3s", "--json", "out.json"]
    process = begin("compare", transport, *words, **{server_kind(server).variable: url})
    assert eventually(lambda: (tmp_path / "began").exists() or process.poll() is not None, 30)
    shown = [word for one in family() for word in one.cmdline()]
    assert len(family()) >= 3
    assert process.wait(30) == 0
    shown += [(tmp_path / name).read_text() for name in ("stdout", "stderr", "out.json")]
    assert password not in "".join(shown)


@pytest.mark.parametrize("mark", "/?#@ ")
@pytest.mark.parametrize("user", ["", "me"])
def test_a_password_that_cannot_be_told_from_the_rest_is_shown_nowhere(refuse, tmp_path, mark, user):
    url = f"redis-list://{user}:{SECRET}{mark}{SECRET}@127.0.0.1:1/0?prefetch=8"
    for words in (["compare", url, *QUICK, "--json", "out.json"], [url]):
        ended = refuse(*words)
        assert ended.returncode in {2, 69}
        assert SECRET not in ended.stdout + ended.stderr
        assert not (tmp_path / "out.json").exists()
    if mark != "@":  # the last one ends the password for everybody
        assert f"the URL of redis-list cannot be read: {ENCODE}" in refuse("compare", url, *QUICK).stderr


@pytest.mark.parametrize("typed", [f"redis-list:/:{SECRET}@h", f"redislist://:{SECRET}@h", f"queue://:{SECRET}@h"])
def test_nor_is_one_in_a_transport_with_a_slip(refuse, typed):
    ended = refuse("compare", typed, *QUICK)
    assert ended.returncode == 2
    assert SECRET not in ended.stdout + ended.stderr


def test_an_at_in_an_option_is_no_password(refuse):
    ended = refuse("compare", "queue?start=a@b", *QUICK)
    assert "queue: start cannot be 'a@b'; allowed: " in ended.stderr


def test_a_password_in_a_transport_is_masked_in_the_table_and_in_the_result(crossover, redis_url, result):
    url = f"redis-list://{redis_url.partition('://')[2]}"
    ended = crossover("compare", url, *QUICK, "--json", "out.json", COLUMNS="200")
    assert ended.returncode == 0, ended.stderr
    shown = f"redis-list://:**@127.0.0.1:{urlsplit(redis_url).port}/0"
    found = result()
    assert shown in ended.stdout
    assert found["plan"]["transports"] == [shown]
    assert found["plan"]["command"][1] == shown
    assert found["runs"][0]["url"] == shown
    everything = f"{ended.stdout}{ended.stderr}{found}"
    assert urlsplit(redis_url).password not in everything


@pytest.fixture
def nothing_installed(tmp_path):
    """Variables of a machine without a server."""
    if (Path(sys.executable).parent / "redis-server").exists():
        pytest.skip("this environment brings a Redis of its own")
    return {"PATH": str(tmp_path), "CROSSOVER_RABBITMQ_URL": "amqp://127.0.0.1:1"}


def test_what_is_not_installed_is_skipped_with_the_command_that_brings_it(crossover, nothing_installed, result):
    ended = crossover("compare", *QUICK, "--json", "out.json", **nothing_installed)
    assert ended.returncode == 0, ended.stderr
    skipped = {skipped["transport"]: skipped["reason"] for skipped in result()["skipped"]}
    for name in ("redis-list", "redis-stream"):
        assert (
            "no redis-server on this machine: apt-get install redis-server, or set CROSSOVER_REDIS_URL" in skipped[name]
        )
    assert f"{BRING} redis-server" in " ".join(ended.stdout.split())


def test_what_is_not_installed_and_asked_for_by_name_is_an_error(refuse, nothing_installed):
    ended = refuse("compare", "redis-list", "queue", *QUICK, **nothing_installed)
    assert ended.returncode == 69
    assert (
        "redis-list cannot be used here: no redis-server on this machine: apt-get install redis-server" in ended.stderr
    )


def test_what_is_not_installed_is_an_error_where_nothing_may_go_untested(crossover, nothing_installed):
    ended = crossover("compare", *QUICK, CI="true", **nothing_installed)
    assert ended.returncode == 69
    assert "cannot be used here: no redis-server on this machine" in ended.stderr
