"""What is true of Redis as a server."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
import redis

from brokers.redis import programs
from brokers.redis.connection.client import SCHEMES, SETTINGS, connect, remove_keys, translate_errors
from brokers.redis.connection.silence import why_silent
from brokers.redis.inquiry import questions
from brokers.redis.inquiry.facts import description
from brokers.redis.programs import OLDEST, WHEEL
from brokers.servers.addresses.urls import SOCKET
from brokers.servers.facts import ServerFacts
from brokers.servers.kind import ServerKind
from brokers.servers.launch import HOST, LaunchSpec, free_ports, new_password
from crossover.contract.errors import UnusableError
from crossover.contract.safety import Safety

FSYNC = {Safety.FAST: "none", Safety.DEFAULT: "everysec", Safety.SAFE: "always"}
"""When a private Redis syncs its append-only file, per safety level; "none": it has no such file."""

ASCII = 127
PING_WITHIN = 1.0  # seconds
POLICY, LIMIT = "maxmemory-policy", "maxmemory"
FULL = 1  # byte: less than Redis uses. If the limit were what it uses now, each message taken would make room for one


class RedisKind(ServerKind):
    """Redis, and servers that speak its protocol (Valkey)."""

    name = "redis"
    title = "Redis"
    schemes = SCHEMES
    variable = "CROSSOVER_REDIS_URL"
    package = "redis-server"
    wheel = WHEEL
    library = "redis"
    client_settings = SETTINGS
    on_disk = f"append-only file synced: {', '.join(f'{level}: {fsync}' for level, fsync in FSYNC.items())}"
    compose_url = "redis://:{password}@{address}/0"

    def url_problem(self, url: str) -> str | None:
        """Return what is wrong with a URL, or None; its path must be the number of a database."""
        if problem := super().url_problem(url):
            return problem
        parts = urlsplit(url)
        database = parts.path.strip("/")
        if self.schemes[parts.scheme] != SOCKET and database and not database.isdecimal():
            return f"the URL of redis names the database {database!r}; it must be a number"
        return None

    def namespace(self, url: str) -> str:
        """Return the database."""
        parts = urlsplit(url)
        path = "" if self.schemes.get(parts.scheme) == SOCKET else parts.path.strip("/")
        return f"database {parse_qs(parts.query).get('db', [path])[0].lstrip('0') or '0'}"

    def program(self) -> str | None:
        """Return the path of an installed redis-server or valkey-server, else that of the one in the wheel."""
        return programs.program()

    def product(self) -> str:
        """Return whether it is Redis or Valkey."""
        path = self.program()
        product = "Valkey" if path and Path(path).name == "valkey-server" else self.title
        return f"{product} (of the wheel {WHEEL})" if programs.in_wheel(path) else product

    def install_hint(self) -> str | None:
        """Return how to get a server, or None if one is installed that is new enough."""
        if (hint := super().install_hint()) and (old := programs.too_old()):
            return f"{old}; crossover needs {'.'.join(map(str, OLDEST))} or newer: {hint.partition(': ')[2]}"
        return hint

    def launch_spec(self, directory: Path, safety: Safety) -> LaunchSpec:
        """Return how to launch one on a free port, with a password."""
        (port,), password, fsync = free_ports(1), new_password(), FSYNC[safety]
        settings = {
            "bind": HOST,
            "port": str(port),
            "requirepass": password,
            "dir": str(directory),
            "save": "",
            "appendonly": "no" if fsync == "none" else "yes",
            "appendfsync": "no" if fsync == "none" else fsync,
            "logfile": "",  # standard output
        }
        return LaunchSpec(
            commands=[[self.program() or "redis-server", str(directory / "redis.conf")]],
            url=f"redis://:{password}@{HOST}:{port}/0",
            listens=port,
            files={"redis.conf": "".join(f"{name} {_quoted(value)}\n" for name, value in settings.items())},
        )

    def persistence(self, safety: Safety) -> str:
        """Return when it syncs its append-only file."""
        return FSYNC[safety]

    def inspect(self, url: str) -> str:
        """Return version, allocator and persistence."""
        if problem := self.url_problem(url):
            raise UnusableError(problem)
        return description(questions.read(url))

    def ask(self, url: str) -> ServerFacts:
        """Ask for version, role and settings, and try every command that we use."""
        if problem := self.url_problem(url):
            raise UnusableError(problem)
        return questions.ask(url)

    def answers(self, url: str) -> bool:
        """Return whether it answers PING: while it loads its data, it listens, but refuses every command."""
        try:
            with connect(url, "crossover:ping", PING_WITHIN) as client:
                return bool(client.ping())
        except (redis.RedisError, OSError):
            return False

    def why_silent(self, url: str, queue: str) -> str:
        """Return whether it answers, and still holds the tasks."""
        return why_silent(url, queue)

    def why_not_filled(self, *, private: bool) -> str | None:
        """Return None: CONFIG SET reaches any Redis."""
        return None

    def fill(self, url: str, environment: Mapping[str, str]) -> str:
        """Set a limit below what it uses; it refuses to write then."""
        with translate_errors(url), connect(url, "crossover:fill") as client:
            before = {name: client.config_get(name)[name] for name in (POLICY, LIMIT)}
            client.config_set(POLICY, "noeviction")  # first, so that nothing is evicted
            client.config_set(LIMIT, FULL)
        return msgspec.json.encode(before).decode()

    def relieve(self, url: str, environment: Mapping[str, str], before: str) -> None:
        """Restore limit and policy."""
        limits = msgspec.json.decode(before, type=dict[str, str])
        with translate_errors(url), connect(url, "crossover:fill") as client:
            for name in (LIMIT, POLICY):  # the policy last, for the same reason
                client.config_set(name, limits[name])

    def remove(self, url: str, run: str, names: Sequence[str]) -> str:
        """Remove the keys of a run: those that begin as it says, or with its name."""
        self.inspect(url)  # raises the better error
        prefixes = names or [f"crossover:{run}:"]
        return f"{sum(remove_keys(url, prefix, 'crossover:doctor') for prefix in prefixes)} keys"


def _quoted(value: str) -> str:
    """Return a value as Redis reads it from its configuration file, whatever bytes it consists of."""
    words = (f"\\x{byte:02x}" if byte > ASCII or chr(byte) in '"\\\n\r' else chr(byte) for byte in os.fsencode(value))
    return f'"{"".join(words)}"'
