"""The servers of a running compose project: `docker compose` is queried for their ports and passwords."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import msgspec

from brokers.servers.kind import ServerKind
from brokers.servers.registry import server_kinds
from crossover.contract.errors import UnusableError

PROJECT = "crossover"  # unless COMPOSE_PROJECT_NAME is set, in the environment or in .env, as docker compose reads it
PROJECT_NAME = re.compile(r"""^\s*(?:export\s+)?COMPOSE_PROJECT_NAME\s*=\s*["']?([\w-]+)""", re.MULTILINE)
ANSWER_WITHIN = 20.0  # seconds
WORKERS_VARIABLE = "CROSSOVER_WORKERS"  # own, external or compose: whose workers are used, unless a URL sets it
IN_CONTAINERS = "compose"  # external ones, which have the Python of their image
WORKER_SERVICES = ("worker-redis", "worker-rabbitmq", "celery-redis", "celery-rabbitmq")
UP = "docker compose up -d --wait"


class _Container(msgspec.Struct):
    """A part of what `docker compose ps --format json` prints."""

    name: str = msgspec.field(name="Name")
    service: str = msgspec.field(name="Service")
    state: str = msgspec.field(name="State")
    health: str = msgspec.field(name="Health", default="")

    @property
    def usable(self) -> bool:
        return self.state == "running" and self.health in {"", "healthy"}


def variables() -> dict[str, str]:
    """Return the environment variables that select the servers of the project and its workers.

    Raises:
        UnusableError: there is no Docker or no compose version 2, its engine does not run, or not all services of the
            project are up.
    """
    _check_for_compose()
    _check_for_services()
    found = {WORKERS_VARIABLE: IN_CONTAINERS}
    for kind in _kinds():
        name, url = kind.name, kind.compose_url
        address = _compose("port", name, str(kind.port(url)))
        password = _compose("exec", "-T", name, "cat", f"/run/passwords/{name}") if "{password}" in url else ""
        found[kind.variable] = url.format(password=password, address=address)
    return found


def _kinds() -> list[ServerKind]:
    return [kind for kind in server_kinds() if kind.compose_url]


def _check_for_compose() -> None:
    if shutil.which("docker") is None:
        raise UnusableError("--compose: there is no docker on this machine; without --compose private servers are used")
    if _run("docker", "compose", "version", "--short").returncode != 0:
        raise UnusableError(
            "--compose: `docker compose` is missing; version 2 is needed, docker-compose 1 is not enough"
        )


def _check_for_services() -> None:
    project = _project()
    services = (*(kind.name for kind in _kinds()), *WORKER_SERVICES)
    found = [
        container
        for container in _containers(_compose("ps", "--all", "--format", "json"))
        if container.service in services and f"-{container.service}-run-" not in container.name
    ]
    if not found:
        raise UnusableError(
            f"--compose: the project {project!r} is not up: {UP} (another one is named by COMPOSE_PROJECT_NAME)"
        )
    there = {container.service for container in found}
    missing = [name for name in services if name not in there]
    if unusable := [*missing, *(container.name for container in found if not container.usable)]:
        raise UnusableError(f"--compose: of the project {project!r} not usable: {', '.join(unusable)}; {UP}")


def _containers(listing: str) -> list[_Container]:
    """Read what `ps` prints: an array, or since version 2.21 an object on each line.

    Raises:
        UnusableError: it is neither.
    """
    try:
        if listing.startswith("["):
            return msgspec.json.decode(listing, type=list[_Container])
        return [msgspec.json.decode(line, type=_Container) for line in listing.splitlines()]
    except msgspec.MsgspecError as error:
        raise UnusableError(f"--compose: the output of `docker compose ps` cannot be read: {error}") from error


def _compose(*words: str) -> str:
    done = _run("docker", "compose", "--project-name", _project(), *words)
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines()
        raise UnusableError(f"--compose: docker compose {words[0]}: {lines[-1] if lines else 'failed'}")
    return done.stdout.strip()


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(words, capture_output=True, encoding="utf-8", timeout=ANSWER_WITHIN, check=False)
    except subprocess.TimeoutExpired as error:
        raise UnusableError(f"--compose: docker does not answer within {ANSWER_WITHIN:.0f} s") from error


def _project() -> str:
    if name := os.environ.get("COMPOSE_PROJECT_NAME"):
        return name
    try:
        found = PROJECT_NAME.search(Path(".env").read_text(errors="replace"))
    except OSError:
        return PROJECT
    return found[1] if found else PROJECT
