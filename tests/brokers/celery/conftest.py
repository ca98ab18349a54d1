"""Celery workers that the user has started, as they are found in a project."""

import os
import subprocess
import sys

import pytest
import redis
from external_workers import ours
from skips import need
from waiting import PATIENCE, eventually

from brokers.servers.private import private_server
from brokers.servers.registry import server_kind, server_kinds
from crossover.contract.safety import Safety


@pytest.fixture(params=["redis", "rabbitmq"])
def kind(request):
    need(server_kind(request.param).install_hint())
    return request.param


@pytest.fixture
def code():
    """Where a worker finds the code that it runs."""
    return list(filter(None, sys.path))


@pytest.fixture
def url(kind, monkeypatch):
    """A server that is named in the environment."""
    url = private_server(kind, Safety.DEFAULT).url
    for other in server_kinds():
        monkeypatch.delenv(other.variable, raising=False)
    monkeypatch.setenv(server_kind(kind).variable, url)
    return url


@pytest.fixture
def worker(kind, url, code, tmp_path):
    """Start a stock worker with three processes, and return it when it serves."""
    command = [sys.executable, "-m", "celery", "-A", "brokers.celery.app", "worker", "-c", "3", "-n", "theirs@%h"]
    command += ["--loglevel", "INFO"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(code), "TMPDIR": str(tmp_path)}
    started = []

    def start():
        path = tmp_path / f"said{len(started)}"
        with path.open("wb") as said:
            started.append(subprocess.Popen(command, env=environment, cwd=tmp_path, stdout=said, stderr=said))
        assert eventually(lambda: b"ready" in path.read_bytes())
        return started[-1]

    yield start
    for one in started:
        one.terminate()
        one.wait(PATIENCE)
    if kind == "redis":  # what kombu notes for a worker stays; other tests look for keys here
        with redis.Redis.from_url(url) as client:
            for key in client.scan_iter("crossover:external:*"):
                client.delete(key)


@pytest.fixture
def served(kind, worker):
    """A worker, and the transport that it serves."""
    worker()
    return ours(kind)
