"""A compose project of the tests' own, from build to down; nothing of it may be left."""

import shutil
import subprocess
import uuid

import pytest
from compose_project import Project


def why_not():
    if shutil.which("docker") is None:
        return "there is no docker"
    if subprocess.run(["docker", "info"], capture_output=True, check=False).returncode:
        return "the docker engine does not run"
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode:
        return "docker compose is missing"
    return ""


@pytest.fixture(scope="session")
def unique_name():
    """A name for a project, where there is an engine for it."""
    if reason := why_not():
        pytest.skip(reason)
    return f"crossover-test-{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="session")
def project(unique_name):
    """The whole project, up."""
    made = Project(unique_name)
    try:
        made.compose("up", "--detach", "--wait", "--build")
        yield made
    finally:
        made.down()
        left = made.left()
    assert not left
