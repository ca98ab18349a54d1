"""`crossover doctor --clean`: the queue of an executor that was killed together with its own workers."""

import signal
import subprocess
import sys

import psutil
import pytest
import redis
from broker_leftovers import queues
from waiting import PATIENCE, eventually

pytestmark = pytest.mark.long
SCRIPT = """
import sys, time
from crossover import Executor

if __name__ == "__main__":
    executor = Executor(sys.argv[1], 1)
    first = executor.submit(time.sleep, 1000)
    others = [executor.submit(time.sleep, 1000) for _ in range(3)]
    while not first.running():
        time.sleep(0.02)
    print("running", flush=True)
    time.sleep(1000)
"""
NOTHING = "Crashed runs left nothing behind.\n"


@pytest.fixture
def working(tmp_path, environment):
    """Start a script with an executor whose worker has a call; return its process."""
    begun = []

    def start(transport, **variables):
        (tmp_path / "script.py").write_text(SCRIPT)
        begun.append(
            subprocess.Popen(
                [sys.executable, "script.py", transport],
                cwd=tmp_path,
                env={**environment, **variables},
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        assert begun[-1].stdout.readline() == "running\n"
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.wait(PATIENCE)
        process.stdout.close()


def keys_of(url, run):
    with redis.Redis.from_url(url) as client:
        return list(client.scan_iter(f"*{run}*"))


def kill_all(process):
    """Kill a process and all that it has started, at once: the family is stopped before."""
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    for one in family:
        one.send_signal(signal.SIGSTOP)
    for one in reversed(family):
        one.kill()
    process.wait(PATIENCE)
    assert eventually(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in family))


@pytest.fixture
def on_server(transport, redis_url, rabbitmq_url, tmp_path):
    """Return the variable of the server, and what returns what an executor has there."""
    runs = tmp_path / "state" / "crossover" / "runs"

    def look():
        (run,) = [path.name for path in runs.iterdir()]
        if transport == "rabbitmq":
            return lambda: queues(rabbitmq_url, [f"crossover.jobs.crossover-{run}"])
        return lambda: keys_of(redis_url, run)

    if transport == "rabbitmq":
        return {"CROSSOVER_RABBITMQ_URL": rabbitmq_url}, look
    return {"CROSSOVER_REDIS_URL": redis_url}, look


@pytest.mark.parametrize("transport", ["redis-list", "redis-stream", "celery+redis", "rabbitmq"])
def test_is_listed_and_removed_once_nobody_uses_it(working, doctor, clean, transport, on_server):
    variable, look = on_server
    process = working(transport, **variable)
    assert clean(**variable) == NOTHING  # it lives
    left = look()
    kill_all(process)
    assert left()
    assert "left by a crashed run: run " in doctor(**variable)
    assert ": removed " in clean(**variable)
    assert not left()
    assert clean(**variable) == NOTHING
