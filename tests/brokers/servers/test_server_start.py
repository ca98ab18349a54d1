"""How a private server starts: on what it writes to disk, why it cannot, and for whom."""

import os
import signal
import time

import pytest
import redis
from skips import serve
from waiting import eventually

from brokers.servers import private, session
from brokers.servers.registry import server_kind
from crossover.contract.errors import StartError
from crossover.contract.safety import Safety

pytestmark = pytest.mark.usefixtures("temporary")


def test_a_dead_server_is_replaced_on_the_next_request(monkeypatch):
    if reason := server_kind("redis").install_hint():
        pytest.skip(reason)
    monkeypatch.setattr(session, "_kept", {})
    try:
        first = private.private_server("redis", Safety.DEFAULT)
        assert private.private_server("redis", Safety.DEFAULT) is first
        os.kill(first.pids[-1], signal.SIGKILL)
        assert eventually(lambda: not first.running())
        second = private.private_server("redis", Safety.DEFAULT)
        assert second is not first
        assert redis.Redis.from_url(second.url).ping()
    finally:
        session.stop_all()


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


@pytest.mark.long
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
