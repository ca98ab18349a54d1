"""A worker can be watched: a health check for containers, and figures for Prometheus."""

import os
import re
import signal
import urllib.request

import pytest
from waiting import PATIENCE, eventually

pytestmark = pytest.mark.parametrize("transport", ["redis-stream"], indirect=True)


@pytest.fixture
def check(crossover, transport):
    return lambda worker: crossover("worker", transport, "--healthcheck", "--state", worker.state)


@pytest.mark.long
def test_a_health_check_starts_nothing_and_asks_the_state_file(serve, check):
    worker = serve()
    assert check(worker).returncode == 0
    worker.process.terminate()
    worker.process.wait(PATIENCE)
    ended = check(worker)
    assert ended.returncode == 1
    assert "no worker has written" in ended.stderr


@pytest.mark.long
def test_a_killed_worker_is_not_healthy(serve, check):
    worker = serve()
    os.kill(worker.process.pid, signal.SIGKILL)
    worker.process.wait(PATIENCE)
    ended = check(worker)
    assert ended.returncode == 1
    assert "has ended" in ended.stderr


@pytest.mark.long
def test_a_second_worker_with_the_same_state_file_says_so(serve):
    first = serve()
    second = serve(state=first.state)
    assert [event["pid"] for event in second.events("state_shared")] == [first.process.pid]
    assert not first.events("state_shared")


@pytest.mark.long
def test_a_level_that_is_typed_says_that_the_executor_decides(serve):
    (event,) = serve("-s", "safe").events("level_ignored")
    assert "each call has the level of its executor" in event["message"]


@pytest.mark.long
def test_a_call_that_computes_misses_no_heartbeat(mine, serve, executor, tmp_path):
    worker = serve()
    ours = executor("safe")
    number = ours.send(mine.spin_until, str(tmp_path / "go"))
    assert worker.has_told("taken")
    # ten beats take longer than a worker may be silent
    beats, other = set(), serve()
    assert eventually(lambda: beats.add(worker.state.stat().st_mtime_ns) or len(beats) >= 10)
    (tmp_path / "go").touch()
    assert ours.wait(number) == ["done"]
    assert not other.events("taken")


def test_figures_for_prometheus_are_on_loopback(mine, serve, executor, free_port):
    pytest.importorskip("prometheus_client")
    serve("--metrics", free_port)
    ours = executor()
    ours.wait(*[ours.send(mine.add, 1, 1) for _ in range(3)], ours.send(mine.boom))

    def figures():
        with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/metrics", timeout=5) as answer:
            return answer.read().decode()

    assert eventually(lambda: 'crossover_calls_total{outcome="failed"} 1.0' in figures())
    assert eventually(lambda: 'crossover_calls_total{outcome="done"} 3.0' in figures())
    assert "crossover_connected 1.0" in figures()
    assert re.search(r"^crossover_call_seconds_count 4.0$", figures(), re.MULTILINE)
    with open("/proc/net/tcp", encoding="ascii") as file:  # noqa: PTH123 - a path of the kernel's
        listening = [line.split()[1] for line in file if line.split()[3] == "0A"]
    assert [one for one in listening if one.endswith(f":{free_port:04X}")] == [f"0100007F:{free_port:04X}"]
