"""What is true of Redis as a server."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import redis

from brokers.redis import programs
from brokers.redis.client import ANSWER_WITHIN, SCHEMES, SETTINGS, connect, error_text, remove_keys, translate_errors
from brokers.redis.programs import OLDEST, WHEEL
from brokers.redis.silence import why_silent
from brokers.servers.kind import ServerKind
from brokers.servers.launch import HOST, LaunchSpec, free_ports, new_password
from brokers.servers.urls import SOCKET
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
        where = self.host_and_port(url)
        try:
            client = connect(url, "crossover:inspect")
            try:
                info: Mapping[str, Any] = client.info()
                fsync = _setting(client, "appendfsync")
            finally:
                client.close()
        except redis.AuthenticationError as error:
            raise UnusableError(f"Redis at {where} refuses the user or the password") from error
        except redis.TimeoutError as error:
            raise UnusableError(
                f"what listens at {where} does not answer like Redis within {ANSWER_WITHIN:.0f} s"
            ) from error
        except redis.InvalidResponse as error:
            raise UnusableError(f"what listens at {where} is not Redis") from error
        except TypeError as error:  # redis-py passes each option of the URL on as a keyword argument
            option = str(error).rpartition(" ")[2]
            raise UnusableError(f"the URL of redis has an option that redis-py does not know: {option}") from error
        except (redis.RedisError, OSError, ValueError) as error:
            raise UnusableError(f"no Redis at {where}: {error_text(error)}") from error
        product = str(info.get("server_name", self.name))
        version = str(info.get(f"{product}_version", info.get("redis_version", "0")))
        if tuple(int(part) for part in re.findall(r"\d+", version)[:2]) < OLDEST:
            raise UnusableError(f"Redis at {where} is version {version}; crossover needs 6.2 or newer")
        persistence = f"appendonly, fsync {fsync}" if info.get("aof_enabled") else "nothing on disk but snapshots"
        allocator = info.get("mem_allocator", "allocator unknown")
        return f"{product} {version}, {allocator}, {persistence}"

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
        """Remove the keys of a run, all of which have its prefix."""
        self.inspect(url)  # raises the better error
        return f"{remove_keys(url, f'crossover:{run}:', 'crossover:doctor')} keys"


def _quoted(value: str) -> str:
    """Return a value as Redis reads it from its configuration file, whatever bytes it consists of."""
    words = (f"\\x{byte:02x}" if byte > ASCII or chr(byte) in '"\\\n\r' else chr(byte) for byte in os.fsencode(value))
    return f'"{"".join(words)}"'


def _setting(client: redis.Redis, name: str) -> str:
    """Return a setting of the server; hosted servers may refuse CONFIG GET."""
    try:
        found: Mapping[str, str] = client.config_get(name)  # type: ignore[assignment]
    except redis.ResponseError:
        return "unknown"
    return found.get(name, "unknown")
