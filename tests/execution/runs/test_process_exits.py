"""The end of a process is noticed at once, whether or not it is a child."""

import os
import signal
import subprocess
import time

import psutil
import pytest

from crossover.execution.process_exits import ProcessExits


@pytest.fixture
def sleeper():
    started = []

    def start():
        started.append(subprocess.Popen(["sleep", "600"]))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def descriptors():
    return psutil.Process().num_fds()


def test_who_has_ended_is_named_with_its_role(sleeper):
    first, second, broker = sleeper(), sleeper(), sleeper()
    with ProcessExits({"workers": [first.pid, second.pid], "broker": [broker.pid]}) as exits:
        assert exits.ended() == []
        second.send_signal(signal.SIGKILL)
        assert exits.ended(within=60) == [f"worker {second.pid}"]
        broker.send_signal(signal.SIGKILL)
        broker.wait()
        assert set(exits.ended()) == {f"worker {second.pid}", f"broker {broker.pid}"}


def test_who_had_ended_before_is_said_without_waiting(sleeper):
    gone, living = sleeper(), sleeper()
    gone.kill()
    gone.wait()
    with ProcessExits({"workers": [gone.pid, living.pid]}) as exits:
        began = time.monotonic()
        assert exits.ended(within=600) == [f"worker {gone.pid}"]
        assert time.monotonic() - began < 300


def test_where_all_live_it_waits_no_longer_than_it_may(sleeper):
    with ProcessExits({"workers": [sleeper().pid]}) as exits:
        began = time.monotonic()
        assert exits.ended(within=0.2) == []
        assert 0.19 <= time.monotonic() - began < 60
        assert exits.ended() == []


def test_it_leaves_no_descriptor_open(sleeper):
    process = sleeper()
    before = descriptors()
    with ProcessExits({"workers": [process.pid, os.getpid()]}):
        assert descriptors() > before
    assert descriptors() == before
