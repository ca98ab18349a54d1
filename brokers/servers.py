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
from pathlib import Path

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


def _last_words(directory: Path) -> str:
    """Return the last line that a server wrote to its log, if it wrote any."""
    lines = [line for file in directory.glob("log*") if file.is_file() for line in file.read_text().splitlines()]
    return lines[-1].strip() if lines else ""
