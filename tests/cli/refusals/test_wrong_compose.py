"""`--compose` where there is nothing to compose: one sentence, status 69."""

import json
import shutil
import subprocess

import pytest
from waiting import PATIENCE

NOOP = ("-W", "noop", "-n", "10", "-r", "1")


def refused(in_process, **variables):
    done = in_process("compare", "celery+redis", "--compose", *NOOP, COLUMNS="300", **variables)
    assert done.returncode == 69
    (line,) = done.stderr.splitlines()
    return line


def test_a_machine_without_docker_is_told_what_is_used_without_it(in_process, tmp_path):
    said = refused(in_process, PATH=str(tmp_path))
    assert "there is no docker on this machine; without --compose private servers are used" in said


def test_docker_without_its_compose_plugin_is_too_old(in_process, tmp_path):
    """What docker says where only docker-compose 1 is installed."""
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\necho \"docker: 'compose' is not a docker command.\" >&2\nexit 1\n")
    docker.chmod(0o755)
    assert "version 2 is needed, docker-compose 1 is not enough" in refused(in_process, PATH=str(tmp_path))


def has_compose():
    """Return whether this machine's docker has the compose plugin; without, it fails before it asks the engine."""
    if shutil.which("docker") is None:
        return False
    return (
        subprocess.run(["docker", "compose", "version"], capture_output=True, timeout=PATIENCE, check=False).returncode
        == 0
    )


def test_an_engine_that_does_not_run_is_reported(in_process, tmp_path):
    if not has_compose():
        pytest.skip("there is no docker with its compose plugin")
    said = refused(in_process, DOCKER_HOST=f"unix://{tmp_path}/docker.sock")
    assert "Cannot connect to the Docker daemon" in said


def test_what_docker_says_of_its_engine_is_reported(in_process, tmp_path):
    """The same on a machine without docker: a docker that says what the real one does."""
    docker = tmp_path / "docker"
    docker.write_text(
        "#!/bin/sh\n"
        'case "$*" in\n'
        "*' version '*) echo 2.20.0 ;;\n"
        '*) echo "Cannot connect to the Docker daemon at $DOCKER_HOST" >&2; exit 1 ;;\n'
        "esac\n"
    )
    docker.chmod(0o755)
    said = refused(in_process, PATH=str(tmp_path), DOCKER_HOST="unix://nowhere")
    assert "docker compose ps: Cannot connect to the Docker daemon at unix://nowhere" in said


NAMES = ("redis", "rabbitmq", "memcached", "worker-redis", "worker-rabbitmq", "celery-redis", "celery-rabbitmq")


def container(service, name="", state="running", health="healthy"):
    return {"Name": name or f"p-{service}-1", "Service": service, "State": state, "Health": health}


@pytest.fixture
def saying(tmp_path):
    """A docker whose `compose ps` says something; return the PATH to it."""

    def make(said):
        (tmp_path / "said").write_text(said)
        docker = tmp_path / "docker"
        docker.write_text(
            "#!/bin/sh\n"
            'case "$*" in\n'
            f"*' ps '*) exec /bin/cat {tmp_path}/said ;;\n"
            "*' version '*) echo 2.20.0 ;;\n"
            '*) echo "project $3" >&2; exit 1 ;;\n'
            "esac\n"
        )
        docker.chmod(0o755)
        return str(tmp_path)

    return make


def as_array(containers):
    return json.dumps(containers)


def as_lines(containers):
    return "".join(json.dumps(one) + "\n" for one in containers)


@pytest.mark.parametrize("written", [as_array, as_lines])
def test_each_container_that_cannot_be_used_is_named_however_docker_writes_it(in_process, saying, written):
    unusable = [container("redis", "p-redis-2", health="starting"), container("worker-redis", "p-w-2", state="exited")]
    leftover = [
        container("worker-redis", "p-worker-redis-run-1f", state="exited"),
        container("passwords", state="exited"),
    ]
    there = [container(name) for name in NAMES if name != "memcached"]
    said = refused(in_process, PATH=saying(written([*there, *unusable, *leftover])))
    assert "not usable: memcached, p-redis-2, p-w-2; docker compose up -d --wait" in said


def test_unreadable_output_of_docker_is_reported_in_one_sentence(in_process, saying):
    assert "the output of `docker compose ps` cannot be read" in refused(in_process, PATH=saying('[{"Name": 1}]'))


@pytest.mark.parametrize("written", ["COMPOSE_PROJECT_NAME=mine", '# a\nexport COMPOSE_PROJECT_NAME = "mine"\n'])
def test_the_project_is_named_where_docker_compose_looks_for_it(in_process, saying, tmp_path, written):
    (tmp_path / ".env").write_text(written)
    path = saying(as_lines(map(container, NAMES)))
    assert "project mine" not in refused(in_process, PATH=path, COMPOSE_PROJECT_NAME="theirs")
    assert "project mine" in refused(in_process, PATH=path, COMPOSE_PROJECT_NAME="")


def test_files_of_this_machine_are_refused_where_external_workers_run(in_process):
    done = in_process("compare", "celery+redis?workers=external", "-r", "1", COLUMNS="300")
    assert done.returncode == 2
    assert "external workers do not see this machine's files; choose another workload (-W noop)" in done.stderr
