"""`--compose` where there is nothing to compose: one sentence, status 69."""

import shutil

import pytest

NOOP = ("-W", "noop", "-n", "10", "-r", "1")


def refused(crossover, **variables):
    done = crossover("compare", "celery+redis", "--compose", *NOOP, COLUMNS="300", **variables)
    assert done.returncode == 69
    (line,) = done.stderr.splitlines()
    return line


def test_a_machine_without_docker_is_told_what_is_used_without_it(crossover, tmp_path):
    said = refused(crossover, PATH=str(tmp_path))
    assert "there is no docker on this machine; without --compose private servers are used" in said


def test_docker_without_its_compose_plugin_is_too_old(crossover, tmp_path):
    """What docker says where only docker-compose 1 is installed."""
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\necho \"docker: 'compose' is not a docker command.\" >&2\nexit 1\n")
    docker.chmod(0o755)
    assert "version 2 is needed, docker-compose 1 is not enough" in refused(crossover, PATH=str(tmp_path))


@pytest.mark.skipif(shutil.which("docker") is None, reason="there is no docker")
def test_an_engine_that_does_not_run_is_said(crossover, tmp_path):
    said = refused(crossover, DOCKER_HOST=f"unix://{tmp_path}/docker.sock")
    assert "Cannot connect to the Docker daemon" in said
