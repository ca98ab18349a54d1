"""What a Celery worker serves: read from environment variables, since every local user can see its command line."""

from __future__ import annotations

import os
from typing import NamedTuple

from brokers.celery.broker import BROKERS
from brokers.celery.settings import EXTERNAL
from brokers.servers.registry import server_kind
from crossover.contract.errors import UsageError
from crossover.contract.safety import Safety

TRANSPORT, SAFETY, RUN, ALLOW = "CROSSOVER_CELERY", "CROSSOVER_SAFETY", "CROSSOVER_RUN", "CROSSOVER_ALLOW"
PARENT, READY, VISIBILITY = "CROSSOVER_PARENT", "CROSSOVER_READY", "CROSSOVER_VISIBILITY"
TUNED, PRINTS = "CROSSOVER_TUNED", "CROSSOVER_PRINTS"
ALIVE = "CROSSOVER_ALIVE"

SERVERS = {f"celery+{server}": server for server in BROKERS}
"""Transport → kind of its server."""


class WorkerEnvironment(NamedTuple):
    """What a worker serves.

    Attributes:
        server: kind of server, a key of BROKERS.
        url: of the server, password included.
        safety: the level.
        run: name of the run whose tasks it takes.
        allow: what may run, as in brokers/external/allowlist.py.
        parent: process id of the producer, with which this worker ends; 0 for one that was started by hand.
        ready: file descriptor of a pipe to report readiness through; -1: none.
        visibility: seconds after which Redis delivers a message that was taken again; 0 is Celery's hour.
        tuned: whether it has the settings of `tuned=yes`.
        prints: file descriptor that what tasks print is written to; -1: as Celery does it.
        alive: file that it touches while it serves; empty: none.
    """

    server: str
    url: str
    safety: Safety
    run: str
    allow: tuple[str, ...]
    parent: int
    ready: int
    visibility: int = 0
    tuned: bool = False
    prints: int = -1
    alive: str = ""


def read_environment() -> WorkerEnvironment:
    """Read what this worker serves from its environment variables.

    Raises:
        UsageError: one is missing or wrong, or they contradict each other.
    """
    environment = os.environ
    transport = environment.get(TRANSPORT) or _only_transport()
    if transport not in SERVERS:
        raise UsageError(f"{TRANSPORT} cannot be {transport!r}; allowed: {', '.join(SERVERS)}")
    server = SERVERS[transport]
    kind = server_kind(server)
    url = environment.get(kind.variable)
    if not url:
        raise UsageError(f"{TRANSPORT} is {transport}: set {kind.variable}, too")
    if problem := kind.url_problem(url):
        raise UsageError(problem)
    try:
        safety = Safety(environment.get(SAFETY) or Safety.DEFAULT)
    except ValueError as error:
        raise UsageError(f"{SAFETY} cannot be {environment[SAFETY]!r}; allowed: {', '.join(Safety)}") from error
    allow = tuple(filter(None, map(str.strip, (environment.get(ALLOW) or "workloads").split(","))))
    run = environment.get(RUN) or EXTERNAL
    numbers = ((PARENT, 0), (READY, -1), (VISIBILITY, 0), (PRINTS, -1))
    parent, ready, visibility, prints = (int(environment.get(variable) or default) for variable, default in numbers)
    tuned, alive = bool(environment.get(TUNED)), environment.get(ALIVE) or ""
    return WorkerEnvironment(server, url, safety, run, allow, parent, ready, visibility, tuned, prints, alive)


def _only_transport() -> str:
    """Return the one transport whose server is named in the environment."""
    found = [transport for transport, server in SERVERS.items() if os.environ.get(server_kind(server).variable)]
    variables = " and ".join(server_kind(server).variable for server in SERVERS.values())
    if not found:
        raise UsageError(f"no broker: set one of {variables}")
    if len(found) > 1:
        raise UsageError(f"{variables} are both set: choose one with {TRANSPORT}={' or '.join(SERVERS)}")
    return found[0]
