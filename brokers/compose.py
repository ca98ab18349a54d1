"""The brokers of a running compose project: their published ports and their passwords, asked of `docker compose`."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from brokers.places import VARIABLES
from crossover.contract.errors import UnusableError

PROJECT = "crossover"  # unless COMPOSE_PROJECT_NAME says otherwise
ANSWERED_WITHIN = 20.0  # seconds
WORKERS = "CROSSOVER_WORKERS"  # whose Celery workers are used where a transport's URL does not say
UP = "docker compose up -d --wait"


class Service(NamedTuple):
    """What we need to know of a broker in the project.

    Attributes:
        port: inside its container.
        url: with the password and the published address left open.
    """

    port: int
    url: str


BROKERS: Mapping[str, Service] = {
    "redis": Service(6379, "redis://:{password}@{address}/0"),
    "rabbitmq": Service(5672, "amqp://crossover:{password}@{address}/%2F"),
    "memcached": Service(11211, "memcached://{address}"),
}
CELERY = ("worker-redis", "worker-rabbitmq")


class _Container(msgspec.Struct):
    """A line of `docker compose ps --format json`."""

    service: str = msgspec.field(name="Service")
    state: str = msgspec.field(name="State")
    health: str = msgspec.field(name="Health", default="")

    @property
    def usable(self) -> bool:
        return self.state == "running" and self.health in {"", "healthy"}


def variables() -> dict[str, str]:
    """Return the environment variables that lead to the brokers of the project, and to its Celery workers.

    Raises:
        UnusableError: no Docker, no compose version 2, an engine that does not run, a project that is not or only
            partly up.
    """
    _check_for_compose()
    _check_for_services()
    found = {WORKERS: "external"}
    for name, service in BROKERS.items():
        address = _ask("port", name, str(service.port)).replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - read, not bound
        password = _ask("exec", "-T", name, "cat", f"/run/passwords/{name}") if "{password}" in service.url else ""
        found[VARIABLES[name]] = service.url.format(password=password, address=address)
    return found


def _check_for_compose() -> None:
    if shutil.which("docker") is None:
        raise UnusableError("--compose: there is no docker on this machine; without --compose private servers are used")
    if _run("docker", "compose", "version", "--short").returncode != 0:
        raise UnusableError(
            "--compose: `docker compose` is missing; version 2 is needed, docker-compose 1 is not enough"
        )


def _check_for_services() -> None:
    lines = _ask("ps", "--all", "--format", "json").splitlines()
    containers = [msgspec.json.decode(line, type=_Container) for line in lines]
    project = _project()
    if not containers:
        raise UnusableError(f"--compose: the project {project!r} is not up: {UP}")
    usable = {container.service for container in containers if container.usable}
    if missing := [name for name in (*BROKERS, *CELERY) if name not in usable]:
        raise UnusableError(f"--compose: of the project {project!r} not usable: {', '.join(missing)}; {UP}")


def _ask(*words: str) -> str:
    answer = _run("docker", "compose", "--project-name", _project(), *words)
    if answer.returncode != 0:
        said = answer.stderr.strip().splitlines()
        raise UnusableError(f"--compose: docker compose {words[0]}: {said[-1] if said else 'failed'}")
    return answer.stdout.strip()


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(words, capture_output=True, encoding="utf-8", timeout=ANSWERED_WITHIN, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnusableError(f"--compose: docker does not answer within {ANSWERED_WITHIN:.0f} s") from error


def _project() -> str:
    return os.environ.get("COMPOSE_PROJECT_NAME") or PROJECT
