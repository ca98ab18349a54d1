"""What a comparison says where containers are killed, and what it leaves where it is killed itself."""

import json
import time

import pytest
from compose_project import NOOP, processes
from waiting import PATIENCE, eventually

LONG = ("-W", "sleep", "-n", "20000", "-r", "1")

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def whole(project):
    """The project, all of it up afterwards."""
    yield project
    one_each = ("up", "--detach", "--wait", "--scale", "celery-redis=1", "--scale", "worker-redis=1")
    # a worker whose broker was away for longer is unhealthy at first, and nothing waits for such a container
    assert eventually(lambda: project.compose(*one_each, check=False).returncode == 0)


WARM_UP = 100
"""More tasks than a container does before the clock starts."""


def tasks_begun(project, name):
    """How many `naps` a container has begun."""
    return len(project.docker("exec", name, "sh", "-c", "cat /tmp/begun || true").stdout.split())


@pytest.fixture
def naps(whole, tmp_path):
    """A function that the workers were told to run, longer than a message takes; return the words that ask for it."""
    (tmp_path / "items.jsonl").write_text(json.dumps("echo one >> /tmp/begun; sleep 0.05") + "\n")
    whole.environment["CROSSOVER_ALLOW"] = "workloads,subprocess:getoutput"
    yield "-W", "subprocess:getoutput", "-i", str(tmp_path / "items.jsonl"), "-n", "2000", "-r", "1"
    del whole.environment["CROSSOVER_ALLOW"]


@pytest.mark.parametrize("workers", [1, 3])
def test_a_worker_that_is_killed_in_the_middle_ends_the_run_soon_and_what_it_had_is_lost(whole, naps, workers):
    whole.compose("up", "--detach", "--wait", "--scale", f"celery-redis={workers}", "celery-redis")
    name = whole.containers("celery-redis")[0]
    running = whole.begin("celery+redis", *naps, "-w", str(workers))
    assert eventually(lambda: tasks_begun(whole, name) > WARM_UP)
    whole.docker("kill", name)
    output, _ = running.communicate(timeout=PATIENCE)
    (run,) = json.loads(output)["runs"]
    assert running.returncode == 1
    assert run["ending"].startswith("a process died: worker crossover-")
    assert run["delivery"]["lost"] > 0
    assert run["delivery"]["completed"] > 0


@pytest.mark.parametrize(
    ("transport", "service", "title"),
    [
        ("rabbitmq", "rabbitmq", "RabbitMQ"),
        ("celery+rabbitmq", "rabbitmq", "RabbitMQ"),
        ("redis-list", "redis", "Redis"),
        ("celery+redis", "redis", "Redis"),
    ],
)
def test_a_broker_that_is_killed_in_the_middle_ends_the_comparison_and_is_named(whole, transport, service, title):
    (name,) = whole.containers(service)
    running = whole.begin(transport, *LONG)
    time.sleep(6)  # whenever it comes: while it starts, warms up or runs
    whole.docker("kill", name)
    output, _ = running.communicate(timeout=PATIENCE)
    assert running.returncode in {1, 69}
    assert f"{title} at 127.0.0.1:".encode() in output or running.returncode == 69


def succeeds(project):
    """Whether the workers serve a comparison: what was killed has them for a while."""
    return project.crossover("compare", "celery+redis", "--compose", *NOOP).returncode == 0


def test_what_a_killed_comparison_left_of_the_workers_is_healed_by_the_next_one(whole):
    whole.compose("up", "--detach", "--wait", "--scale", "celery-redis=2", "celery-redis")
    names = whole.containers("celery-redis")
    assert eventually(lambda: succeeds(whole))
    running = whole.begin("celery+redis", *LONG, "-w", "1")  # one pauses
    assert eventually(lambda: sorted(processes(whole, name) for name in names) == [1, 2])
    running.kill()
    running.communicate()
    done = whole.crossover("compare", "celery+redis", "--compose", *NOOP)
    assert done.returncode == 69
    assert "one comparison at a time (a killed one is forgotten after 30 s)" in done.stderr
    assert eventually(lambda: succeeds(whole))
    status, result = whole.compare("celery+redis", *NOOP, "-w", "6")
    assert status == 0
    assert result["runs"][0]["delivery"]["completed"] == 400
    assert result["host"]["brokers"]["celery workers"].count("with 3 processes (2 before)") == 2
    assert [processes(whole, name) for name in names] == [2, 2]
