"""`docker compose up`, and what people do with it: compare, scale, kill, restart."""

import json
import os
import socket
import subprocess
import sys
import time

import pytest
from conftest import ROOT, Project
from waiting import eventually

NOOP = ("-W", "noop", "-n", "400", "-r", "1")
THROUGH_ALL = ("queue", "redis-list", "redis-stream", "rabbitmq", "celery+redis", "celery+rabbitmq")
SERVICES = ("redis", "rabbitmq", "memcached", "worker-redis", "worker-rabbitmq")

pytestmark = pytest.mark.timeout(400)


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_is_root_or_writes_beside_its_volumes_or_listens_to_the_world(project, service):
    (name,) = project.containers(service)
    facts = json.loads(project.docker("inspect", name).stdout)[0]
    assert project.docker("exec", name, "id", "-u").stdout.strip() != "0"
    assert facts["HostConfig"]["ReadonlyRootfs"]
    assert facts["HostConfig"]["Init"]
    assert facts["HostConfig"]["Memory"] > 0
    addresses = [port["HostIp"] for ports in facts["NetworkSettings"]["Ports"].values() for port in ports or ()]
    assert set(addresses) <= {"127.0.0.1"}


def test_no_password_stands_in_a_configuration_or_in_a_list_of_processes(project):
    for service in ("redis", "rabbitmq"):
        password = project.compose("exec", "-T", service, "cat", f"/run/passwords/{service}").stdout
        assert len(password) >= 24
        for container in project.docker("ps", "-q").stdout.split():
            assert password not in project.docker("inspect", container).stdout
            assert password not in project.docker("top", container, "-eo", "pid,args").stdout


def test_local_transports_and_brokers_stand_in_one_table_and_lose_nothing(project):
    status, result = project.compare(*THROUGH_ALL, *NOOP)
    assert status == 0
    assert [run["transport"] for run in result["runs"]] == list(THROUGH_ALL)
    assert all(run["delivery"]["lost"] == run["delivery"]["duplicated"] == 0 for run in result["runs"])
    assert len({run["value_digest"] for run in result["runs"]}) == 1


def test_a_comparison_inside_leaves_its_report_to_the_caller(project):
    report = ROOT / "reports" / "compare.json"
    report.parent.mkdir(exist_ok=True)
    report.unlink(missing_ok=True)
    done = project.compose("run", "--rm", "compare", "queue", "celery+redis", *NOOP, "-q")
    assert "celery+redis" in done.stdout
    assert report.stat().st_uid == os.getuid()
    assert len(json.loads(report.read_text())["runs"]) == 2


def test_more_workers_take_part_when_their_service_is_scaled_and_go_back_afterwards(project):
    project.compose("up", "--detach", "--wait", "--scale", "worker-redis=3", "worker-redis")
    names = project.containers("worker-redis")
    assert len(names) == 3
    status, result = project.compare("celery+redis", *NOOP, "-w", "9")
    assert status == 0
    assert result["runs"][0]["delivery"]["completed"] == 400
    assert eventually(lambda: {processes(project, name) for name in names} == {2}, 30)
    project.compose("up", "--detach", "--wait", "--scale", "worker-redis=1", "worker-redis")


def test_a_worker_that_is_killed_in_the_middle_is_counted_and_hangs_nothing(project):
    (name,) = project.containers("worker-redis")
    command = [sys.executable, "-m", "crossover.cli.main", "compare", "celery+redis", "--compose", "-W", "sleep"]
    words = ["-n", "20000", "-r", "1", "--json", "-", "-q", "--time-limit", "20s"]
    running = subprocess.Popen([*command, *words], cwd=ROOT, env=project.environment, stdout=subprocess.PIPE)
    assert eventually(lambda: processor_time(project, name) > 1.0, 60)
    project.docker("kill", name)
    output, _ = running.communicate(timeout=90)
    (run,) = json.loads(output)["runs"]
    assert run["delivery"]["attempted"] > run["delivery"]["completed"] > 0
    project.compose("up", "--detach", "--wait", "worker-redis")


def test_rabbitmq_may_be_restarted_between_two_comparisons(project):
    project.compose("restart", "rabbitmq")
    project.compose("up", "--detach", "--wait")
    status, result = project.compare("rabbitmq", "celery+rabbitmq", *NOOP)
    assert status == 0
    assert len(result["runs"]) == 2


def test_a_broker_that_is_killed_in_the_middle_ends_the_comparison_and_is_named(project):
    (name,) = project.containers("rabbitmq")
    command = [sys.executable, "-m", "crossover.cli.main", "compare", "rabbitmq", "--compose", "-W", "sleep"]
    words = ["-n", "20000", "-r", "1", "--json", "-", "-q"]
    running = subprocess.Popen([*command, *words], cwd=ROOT, env=project.environment, stdout=subprocess.PIPE)
    time.sleep(3)  # whenever it comes: while it starts, warms up or runs
    project.docker("kill", name)
    output, _ = running.communicate(timeout=60)
    assert running.returncode in {1, 69}
    assert b"RabbitMQ at 127.0.0.1:" in output or running.returncode == 69
    project.compose("up", "--detach", "--wait")


def test_a_project_that_is_up_only_in_part_is_said(project):
    project.compose("stop", "worker-rabbitmq")
    done = project.crossover("compare", "celery+redis", "--compose", *NOOP)
    assert done.returncode == 69
    assert "not usable: worker-rabbitmq; docker compose up -d --wait" in done.stderr
    project.compose("up", "--detach", "--wait")


def test_a_port_that_is_taken_is_named(project):
    other = Project(f"{project.name}-port")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        other.environment["CROSSOVER_REDIS_PORT"] = str(port)
        done = other.compose("up", "--detach", "redis", check=False)
        other.compose("down", "--volumes")
    assert done.returncode != 0
    assert f"127.0.0.1:{port}" in done.stderr
    assert "address already in use" in done.stderr
    assert not other.left()


def processes(project, name):
    """How many pool processes a Celery worker has."""
    lines = project.docker("top", name, "-eo", "pid,args").stdout.splitlines()
    return sum("celery" in line for line in lines) - 2  # its init, its main process


def processor_time(project, name):
    """Seconds of CPU that a container has used, roughly: of its processes that live."""
    total = 0.0
    for line in project.docker("top", name, "-eo", "pid,cputimes").stdout.splitlines()[1:]:
        total += float(line.split()[1])
    return total
