"""Where the calls of an executor are: transport, server, queue, and whose workers."""

from __future__ import annotations

import shlex
from typing import NamedTuple
from urllib.parse import parse_qsl

from brokers.external.options import QUEUE
from brokers.servers.address import find
from brokers.servers.registry import server_kind
from crossover.contract.errors import UsageError
from crossover.contract.safety import Safety
from crossover.jobs.remote.lease import read_lease
from crossover.jobs.remote.transports import CELERY, SERVERS

OPTIONS = ("queue", "workers", "lease")


class Place(NamedTuple):
    """Where calls are.

    Attributes:
        transport: by name.
        url: of the server, password included; never printed.
        where: transport and server in words.
        queue: its name.
        workers: own, external.
        safety: the level.
        lease: seconds after which a silent worker is taken for dead; 0: where nothing is said.
        private: whether the server ends with this process.
        variable: the environment variable that has the URL, with a password; empty: others may type the URL.
    """

    transport: str
    url: str
    where: str
    queue: str
    workers: str
    safety: Safety
    lease: float = 0.0
    private: bool = False
    variable: str = ""

    @property
    def worker(self) -> str:
        """The command that starts an external worker, without a password."""
        queue = "" if self.queue == QUEUE else f" --queue {shlex.quote(self.queue)}"
        if self.transport in CELERY:  # its workers serve one queue for each level
            queue = "" if self.safety is Safety.DEFAULT else f" -s {self.safety}"
        server = "" if self.variable else f"://{self.url.partition('://')[2].rpartition('@')[2]}"
        return f"crossover worker {self.transport}{server}{queue}"

    @property
    def safe(self) -> bool:
        """Whether a call may be done twice, rather than not at all."""
        return self.safety is Safety.SAFE


def place_of(transport: str, safety: Safety, queue: str | None = None, workers: str | None = None) -> Place:
    """Return where calls are; start a private server unless the user named one.

    Args:
        transport: a name, or a URL.
        safety: the level.
        queue: its name; None: that in the URL.
        workers: own, external; None: that in the URL.

    Raises:
        UsageError: an option that does not exist, or a URL that cannot be read.
        StartError: the private server cannot be started.
    """
    beginning, _, query = transport.partition("?")
    name, _, address = beginning.partition("://")
    kind = server_kind(SERVERS[name])
    options = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := sorted(set(options) - set(OPTIONS)):
        raise UsageError(f"{name} has no option {unknown[0]!r}; there are {', '.join(OPTIONS)}")
    if (url := kind.named_url(address)) and (problem := kind.url_problem(url)):
        raise UsageError(problem)
    found = find(SERVERS[name], address, safety)
    whose = workers or options.get("workers") or "own"
    if whose == "external" and found.private:
        raise UsageError(f"{name}: external workers need a server that they know: {name}://HOST, or {kind.variable}")
    lease = read_lease(options["lease"]) if "lease" in options else 0.0
    if lease and name in CELERY:
        raise UsageError(f"{name} has Celery workers, which have no lease")
    if whose == "external" and lease:
        raise UsageError(f"{name}: lease= is for own workers; external ones say theirs: crossover worker {name}://HOST?"
                         f"lease={options['lease']}")  # fmt: skip
    where = f"{name} on {kind.host_and_port(found.url)}"
    variable = kind.variable if "@" in found.url and not address else ""
    queue = queue or options.get("queue") or QUEUE
    return Place(name, found.url, where, queue, whose, safety, lease, found.private, variable)
