"""Private servers: started on a free loopback port, with a directory and a password of their own, and removed again.

A warden (brokers/warden.py) stands between us and each server, so that nothing is left behind even after SIGKILL of
this process. mirakuru starts the warden and waits until the server answers.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

import psutil
from mirakuru import TCPExecutor
from mirakuru.exceptions import ExecutorError

from brokers import warden
from brokers.recipes import HOST, PERSISTENCE, RECIPES
from crossover.contract.errors import StartError
from crossover.contract.lasting import keep
from crossover.contract.safety import Safety

READY_WITHIN = 60.0  # seconds; RabbitMQ needs 6 on a free machine
PREFIX = "crossover-"  # of every private directory


class PrivateServer:
    """A server of ours.

    Attributes:
        url: where it is, password included.
        directory: everything it writes.
        pids: process ids of its commands; what these start comes and goes (Redis forks to write a file).
    """

    def __init__(self, kind: str, safety: Safety) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}-"))
        with tempfile.TemporaryFile() as words:  # outside the directory, which the warden removes
            try:
                self._start(kind, safety, words)
            except (ExecutorError, OSError, psutil.NoSuchProcess) as error:
                shutil.rmtree(self.directory, ignore_errors=True)
                reason = _last_line(words) or error
                raise StartError(f"a private {kind} server cannot be started: {reason}") from error
            except BaseException:  # Ctrl-C while it starts
                self.stop()
                raise

    def _start(self, kind: str, safety: Safety, words: IO[bytes]) -> None:
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
            stdout=words,
            stderr=words,
        )
        self._warden.start()
        self.pids = self._commands(len(recipe.commands))

    def _commands(self, count: int) -> list[int]:
        """Return the process ids of the warden's commands, which are its first children."""
        assert self._warden.process is not None
        children = psutil.Process(self._warden.process.pid).children()
        return [child.pid for child in sorted(children, key=psutil.Process.create_time)[:count]]

    def running(self) -> bool:
        """Say whether it still runs."""
        return bool(self._warden.running()) and all(map(_alive, self.pids))

    def stop(self) -> None:
        """End it and remove everything it wrote."""
        if hasattr(self, "_warden"):
            with suppress(ExecutorError):  # it has ended before, and says that it should not have
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


def _alive(pid: int) -> bool:
    """Say whether a process still runs; one that nobody has taken leave of yet does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _last_line(words: IO[bytes]) -> str:
    """Return the last line of what a server said before it ended, if it said anything."""
    words.seek(0)
    lines = words.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
