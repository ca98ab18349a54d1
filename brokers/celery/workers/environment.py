"""What a Celery worker serves, as its environment says: its command line can be read by anybody on the machine."""

from __future__ import annotations

import os
from typing import NamedTuple

from brokers.celery.settings import EXTERNAL, SERVERS
from brokers.servers.registry import server_kind
from crossover.contract.errors import UsageError
from crossover.contract.safety import Safety

WHICH, SAFETY, RUN, ALLOW = "CROSSOVER_CELERY", "CROSSOVER_SAFETY", "CROSSOVER_RUN", "CROSSOVER_ALLOW"
PARENT, READY, VISIBILITY = "CROSSOVER_PARENT", "CROSSOVER_READY", "CROSSOVER_VISIBILITY"
TUNED = "CROSSOVER_TUNED"


class Served(NamedTuple):
    """What a worker serves.

    Attributes:
        server: redis or rabbitmq.
        url: of the server, password included.
        safety: the level.
        run: whose tasks.
        allow: what may run, as in brokers/celery/workers/allow.py.
        parent: process id that this worker follows; 0 for one that was started by hand.
        ready: descriptor of a pipe to say "ready" through; -1 where nobody listens.
        visibility: seconds until Redis gives a message that was taken to another worker; 0 is Celery's hour.
        tuned: whether it does without what is not needed.
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


def read() -> Served:
    """Return what the environment says.

    Raises:
        UsageError: it says too little, too much, or nonsense.
    """
    environment = os.environ
    which = environment.get(WHICH) or _only_one()
    if which not in SERVERS:
        raise UsageError(f"{WHICH} cannot be {which!r}; allowed: {', '.join(SERVERS)}")
    server = SERVERS[which]
    kind = server_kind(server)
    url = environment.get(kind.variable)
    if not url:
        raise UsageError(f"{WHICH} is {which}: set {kind.variable}, too")
    if problem := kind.url_problem(url):
        raise UsageError(problem)
    try:
        safety = Safety(environment.get(SAFETY) or Safety.DEFAULT)
    except ValueError as error:
        raise UsageError(f"{SAFETY} cannot be {environment[SAFETY]!r}; allowed: {', '.join(Safety)}") from error
    allow = tuple(filter(None, map(str.strip, (environment.get(ALLOW) or "workloads").split(","))))
    run = environment.get(RUN) or EXTERNAL
    parent, ready, visibility = (
        int(environment.get(variable) or usual) for variable, usual in ((PARENT, 0), (READY, -1), (VISIBILITY, 0))
    )
    tuned = bool(environment.get(TUNED))
    return Served(server, url, safety, run, allow, parent, ready, visibility, tuned)


def _only_one() -> str:
    """Return the one transport whose URL is set."""
    named = [which for which, server in SERVERS.items() if os.environ.get(server_kind(server).variable)]
    variables = " and ".join(server_kind(server).variable for server in SERVERS.values())
    if not named:
        raise UsageError(f"no broker: set one of {variables}")
    if len(named) > 1:
        raise UsageError(f"{variables} are both set: say which with {WHICH}={' or '.join(SERVERS)}")
    return named[0]
