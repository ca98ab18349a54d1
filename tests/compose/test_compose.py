"""`docker compose up`, and what people do with it: compare, scale, kill, restart."""

import json
import socket
import urllib.request

import pytest
from compose_project import NOOP, Project, processes
from waiting import eventually

THROUGH_ALL = ("queue", "redis-list", "redis-stream", "rabbitmq", "celery+redis", "celery+rabbitmq")
CELERY = ("celery-redis", "celery-rabbitmq")
SERVICES = ("redis", "rabbitmq", "memcached", "worker-redis", "worker-rabbitmq", *CELERY)

pytestmark = pytest.mark.timeout(600)


@pytest.mark.parametrize("service", [*SERVICES, "passwords", "compare", "scale", "flower"])
def test_no_service_may_do_or_take_all_or_listens_to_the_world(project, service):
    if not project.containers(service):
        project.compose("--profile", "*", "create", service)
    (name,) = project.containers(service)
    facts = json.loads(project.docker("inspect", name).stdout)[0]
    host = facts["HostConfig"]
    assert host["ReadonlyRootfs"]
    assert host["Init"]
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Memory"] > 0
    assert host["PidsLimit"] > 0
    assert host["NanoCpus"] > 0
    assert all("size=" in options for options in (host.get("Tmpfs") or {}).values())
    addresses = [port["HostIp"] for ports in facts["NetworkSettings"]["Ports"].values() for port in ports or ()]
    assert set(addresses) <= {"127.0.0.1"}


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_is_root(project, service):
    (name,) = project.containers(service)
    assert project.docker("exec", name, "id", "-u").stdout.strip() != "0"


def test_flower_is_usable_when_its_start_returns(project):
    project.compose("--profile", "flower", "up", "--detach", "--wait", "flower")
    address = project.compose("port", "flower", "5555").stdout.strip()
    with urllib.request.urlopen(f"http://{address}/", timeout=10) as answer:
        assert b"Flower" in answer.read()
    project.compose("--profile", "flower", "rm", "--stop", "--force", "flower")


def test_no_password_stands_in_a_configuration_or_in_a_list_of_processes(project):
    for service in ("redis", "rabbitmq"):
        password = project.compose("exec", "-T", service, "cat", f"/run/passwords/{service}").stdout
        assert len(password) >= 24
        for container in project.compose("ps", "-q").stdout.split():
            assert password not in project.docker("inspect", container).stdout
            assert password not in project.docker("top", container, "-eo", "pid,args").stdout


def test_local_transports_and_brokers_stand_in_one_table_and_lose_nothing(project):
    status, result = project.compare(*THROUGH_ALL, *NOOP)
    assert status == 0
    assert [run["transport"] for run in result["runs"]] == list(THROUGH_ALL)
    assert all(run["delivery"]["lost"] == run["delivery"]["duplicated"] == 0 for run in result["runs"])
    assert len({run["value_digest"] for run in result["runs"]}) == 1


@pytest.mark.parametrize(("service", "transport"), [("worker-redis", "redis-list"), ("celery-redis", "celery+redis")])
def test_more_workers_take_part_when_their_service_is_scaled(project, service, transport):
    project.compose("up", "--detach", "--wait", "--scale", f"{service}=3", service)
    assert len(project.containers(service)) == 3
    status, result = project.compare(transport, *NOOP, "-w", "9")
    assert status == 0
    assert result["runs"][0]["delivery"]["completed"] == 400
    (said,) = [words for name, words in result["host"]["brokers"].items() if name.endswith("workers")]
    assert said.count("with 3 processes (2 before)") == 3
    project.compose("up", "--detach", "--wait", "--scale", f"{service}=1", service)


def test_celery_workers_go_back_to_what_they_were_started_with(project):
    (name,) = project.containers("celery-redis")
    assert project.compare("celery+redis", *NOOP, "-w", "5")[0] == 0
    assert eventually(lambda: processes(project, name) == 2)


def test_more_processes_than_a_worker_has_memory_for_are_refused(project):
    done = project.crossover("compare", "celery+redis", "--compose", *NOOP, "-w", "64")
    assert done.returncode == 69
    assert "has memory for" in done.stderr
    (name,) = project.containers("celery-redis")
    assert processes(project, name) == 2


def test_files_are_refused_before_anything_is_measured(project):
    done = project.crossover("compare", "queue", "celery+redis", "--compose", "-r", "1")
    assert done.returncode == 2
    assert "external workers do not see this machine's files" in done.stderr


def test_workers_that_were_told_the_level_serve_it(project):
    for level in ("safe", "default"):
        project.environment["CROSSOVER_SAFETY"] = level
        project.compose("up", "--detach", "--wait", *SERVICES)
        status, result = project.compare("rabbitmq", "celery+rabbitmq", "celery+redis", *NOOP, "-s", level)
        assert status == 0
        assert all(run["safety"] == level for run in result["runs"])
    del project.environment["CROSSOVER_SAFETY"]


def test_rabbitmq_may_be_restarted_between_two_comparisons(project):
    project.compose("restart", "rabbitmq")
    project.compose("up", "--detach", "--wait")
    status, result = project.compare("rabbitmq", "celery+rabbitmq", *NOOP)
    assert status == 0
    assert len(result["runs"]) == 2


def test_a_project_that_is_up_only_in_part_is_said(project):
    project.compose("stop", "worker-rabbitmq")
    done = project.crossover("compare", "celery+redis", "--compose", *NOOP)
    assert done.returncode == 69
    assert f"not usable: {project.name}-worker-rabbitmq-1; docker compose up -d --wait" in done.stderr
    project.compose("up", "--detach", "--wait")


def test_a_port_that_is_taken_is_named(project):
    other = Project(f"{project.name}-port")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        other.environment["CROSSOVER_REDIS_PORT"] = str(port)
        done = other.compose("up", "--detach", "redis", check=False)
        other.down()
    assert done.returncode != 0
    assert f"127.0.0.1:{port}" in done.stderr
    assert "address already in use" in done.stderr
    assert not other.left()


def test_a_password_that_would_break_a_url_is_refused(project):
    other = Project(f"{project.name}-password")
    other.environment["CROSSOVER_RABBITMQ_PASSWORD"] = "s3cret/x"
    done = other.compose("run", "--rm", "passwords", check=False)
    other.down()
    assert done.returncode != 0
    assert "CROSSOVER_RABBITMQ_PASSWORD may contain letters, digits, - and _ only" in done.stderr
    assert "s3cret" not in done.stderr
    assert not other.left()
