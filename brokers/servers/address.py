"""Where a broker is: in the transport's URL, else in an environment variable, else a private server of ours."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from brokers.servers.launch import program
from brokers.servers.private import PrivateServer, private_server
from crossover.contract.errors import UnusableError
from crossover.contract.safety import Safety
from crossover.contract.text import ENCODE, unreadable

VARIABLES = {
    "redis": "CROSSOVER_REDIS_URL",
    "rabbitmq": "CROSSOVER_RABBITMQ_URL",
    "memcached": "CROSSOVER_MEMCACHED_URL",
}
SCHEMES = {"redis": ("redis", "rediss", "unix"), "rabbitmq": ("amqp", "amqps"), "memcached": ("memcached", "unix")}
PORTS = {"redis": 6379, "rediss": 6379, "amqp": 5672, "amqps": 5671, "memcached": 11211}
PACKAGES = {"redis": "redis-server", "rabbitmq": "rabbitmq-server", "memcached": "memcached"}


class ServerAddress(NamedTuple):
    """Where a broker is.

    Attributes:
        url: password included; never shown.
        server: the private server there, where it is ours.
    """

    url: str
    server: PrivateServer | None = None

    @property
    def pids(self) -> Sequence[int]:
        """Process ids of the broker, where it is ours."""
        return self.server.pids if self.server else ()

    @property
    def private(self) -> bool:
        """Whether the server is ours alone."""
        return self.server is not None


def named(kind: str, server_address: str = "") -> str | None:
    """Return the URL of the server that somebody named, or None where nobody did.

    Args:
        kind: a key of VARIABLES.
        server_address: from a transport's URL.
    """
    if server_address:
        return f"{SCHEMES[kind][0]}://{server_address}"
    return os.environ.get(VARIABLES[kind]) or None


def find(kind: str, server_address: str, safety: Safety, purpose: str = "") -> ServerAddress:
    """Return where the broker is; start a private one where nobody has named one.

    Args:
        kind: a key of VARIABLES.
        server_address: from a transport's URL.
        safety: the level.
        purpose: of a private one that is not everybody's.

    Raises:
        StartError: the private server cannot be started.
    """
    if url := named(kind, server_address):
        return ServerAddress(url)
    server = private_server(kind, safety, purpose)
    return ServerAddress(server.url, server)


def missing(kind: str) -> str | None:
    """Return what to do where there is no server to start, or None where there is one."""
    if program(kind):
        return None
    return f"no {PACKAGES[kind]} on this machine: apt-get install {PACKAGES[kind]}, or set {VARIABLES[kind]}"


def unusable(kind: str, server_address: str, facts: Callable[[str], object]) -> str | None:
    """Return why no server can be used there, or None where one can.

    Args:
        kind: a key of VARIABLES.
        server_address: from a transport's URL; nothing: the environment's, or a private one.
        facts: asks the server at a URL, and raises UnusableError where it cannot be used.
    """
    url = named(kind, server_address)
    if url is None:
        return missing(kind)
    try:
        facts(url)
    except UnusableError as error:
        return str(error)
    return None


def wrong(kind: str, url: str) -> str | None:
    """Return what is wrong with a URL as it stands, or None; nothing that may be a part of a password is quoted."""
    source = f"the URL of {kind}"
    if problem := _misread(url):
        return f"{source} cannot be read: {problem}"
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES[kind]:
        shown = parts.scheme or "nothing"
        return f"{source} begins with {shown}, allowed: {', '.join(f'{scheme}://' for scheme in SCHEMES[kind])}"
    if not (parts.path if parts.scheme == "unix" else parts.hostname):
        return f"{source} names no {'socket' if parts.scheme == 'unix' else 'host'}"
    database = parts.path.strip("/")
    if parts.scheme in {"redis", "rediss"} and database and not database.isdecimal():
        return f"{source} names the database {database!r}; a number is wanted"
    return None


def _misread(url: str) -> str | None:
    if unreadable(url):
        return ENCODE
    try:
        parts = urlsplit(url)
    except ValueError:
        return f"its host is neither a name nor an address; {ENCODE}"
    try:
        _ = parts.port
    except ValueError:
        return f"its port is no number up to 65535; {ENCODE}"
    return None


def where(url: str) -> str:
    """Return host and port, or the socket, for messages: no user, no password."""
    parts = urlsplit(url)
    return unquote(parts.path) if parts.scheme == "unix" else f"{parts.hostname}:{port(url)}"


def port(url: str) -> int:
    """Return the port in a URL, or its scheme's."""
    parts = urlsplit(url)
    return parts.port or PORTS.get(parts.scheme, 0)


def inside(kind: str, url: str) -> str:
    """Return which part of the server a URL means: its database, or its virtual host."""
    parts = urlsplit(url)
    if kind == "rabbitmq":
        return f"virtual host {unquote(parts.path[1:]) or '/'}"
    path = "" if parts.scheme == "unix" else parts.path.strip("/")
    return f"database {parse_qs(parts.query).get('db', [path])[0].lstrip('0') or '0'}"
