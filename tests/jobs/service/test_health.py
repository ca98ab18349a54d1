"""The file in which a worker says that it lives."""

import os
import subprocess
import sys
import time

import pytest
from waiting import PATIENCE

from crossover.jobs.service import health


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state.json"


def test_a_worker_that_lives_and_has_its_broker_is_healthy(path):
    health.StateFile(path).write(connected=True)
    assert health.problem(path) is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda path: health.StateFile(path).write(connected=False), "is not connected to its broker"),
        (lambda path: os.utime(path, (time.time() - 100,) * 2), "has had no heartbeat for 100 s"),
        (lambda path: path.write_text("{"), "is not the state of a worker"),
        (lambda path: path.unlink(), "no worker has written"),
    ],
)
def test_what_is_not_healthy(path, change, problem):
    health.StateFile(path).write(connected=True)
    change(path)
    assert problem in health.problem(path)


def test_a_worker_that_has_ended_is_not(path):
    program = (
        "import sys; from pathlib import Path; from crossover.jobs.service.health import StateFile; "
        "StateFile(Path(sys.argv[1])).write(connected=True)"
    )
    subprocess.run([sys.executable, "-c", program, path], check=True, timeout=PATIENCE)
    assert "has ended" in health.problem(path)


def test_a_worker_removes_its_own_file_only(path):
    ours = health.StateFile(path)
    ours.write(connected=True)
    state = path.read_bytes()
    path.write_bytes(state.replace(f'"pid":{os.getpid()}'.encode(), b'"pid":1'))
    ours.remove()
    assert path.exists()
    path.write_bytes(state)
    ours.remove()
    assert not path.exists()


def test_each_queue_has_a_file_of_its_own():
    places = {
        health.default_place(*names) for names in [("redis-list", "a"), ("redis-stream", "a"), ("redis-list", "b")]
    }
    assert len(places) == 3
    assert "/" not in health.default_place("redis-list", "../x").name
