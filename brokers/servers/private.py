"""Private servers: on a loopback port or a socket, with a directory and a password of their own, and removed again.

A warden (brokers/servers/warden.py) stands between us and each server: nothing is left behind even after SIGKILL of
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
from typing import IO, Any
from weakref import WeakSet

from mirakuru import TCPExecutor, UnixSocketExecutor
from mirakuru.exceptions import AlreadyRunning, ExecutorError, ProcessExitedWithError

from brokers.servers import folders, warden
from brokers.servers.controllable import READY_WITHIN, ControllableServer
from brokers.servers.launch import HOST
from brokers.servers.registry import server_kind
from brokers.servers.warden import started
from crossover.contract.errors import StartError
from crossover.contract.safety import Safety
from crossover.contract.session_resources import keep
from crossover.workers.fleet import interrupts_held_back

ATTEMPTS = 3  # somebody may take a port between our choice and the server's start


class PrivateServer(ControllableServer):
    """A server of ours.

    Attributes:
        kind: a name in the table of server kinds.
        url: where it is, password included.
        directory: everything it writes.
        pids: process ids of its commands; what these start comes and goes (Redis forks to write a file).
    """

    def __init__(self, kind: str, safety: Safety) -> None:
        self._user = os.getpid()
        self.kind = kind
        _started.add(self)
        for attempt in range(1, ATTEMPTS + 1):
            with tempfile.TemporaryFile() as words:  # outside the directory, which the warden removes
                try:
                    self._start(kind, safety, words)
                except (ProcessExitedWithError, AlreadyRunning, FileNotFoundError) as error:  # perhaps for its port
                    self.stop()
                    if attempt == ATTEMPTS:
                        raise _cannot_start(kind, words, error) from error
                except (ExecutorError, OSError) as error:
                    self.stop()
                    raise _cannot_start(kind, words, error) from error
                except BaseException:  # Ctrl-C while it starts
                    self.stop()
                    raise
                else:
                    return

    def _start(self, kind: str, safety: Safety, words: IO[bytes]) -> None:
        with interrupts_held_back():  # a folder that is there must be known, or nobody removes it
            self.directory = folders.make(kind)
        spec = server_kind(kind).launch_spec(self.directory, safety)
        for name, text in spec.files.items():
            path = self.directory / name
            path.touch(mode=0o600)
            path.write_text(text, encoding="utf-8")
        self.url = spec.url
        self._environment = {**os.environ, **spec.environment}
        command = [sys.executable, "-I", warden.__file__, str(os.getpid()), str(self.directory)]
        how: dict[str, Any] = {
            "command": [*command, json.dumps(spec.commands)],
            "timeout": READY_WITHIN,
            "sleep": 0.02,
            "envvars": self._environment,
            "stdin": subprocess.DEVNULL,
            "stdout": words,
            "stderr": words,
        }
        if isinstance(spec.listens, str):
            self._warden = UnixSocketExecutor(socket_name=spec.listens, **how)
        else:
            self._warden = TCPExecutor(host=HOST, port=spec.listens, **how)
        self._warden.start()
        self.pids = [command.pid for command in folders.commands(self.directory, len(spec.commands))]

    def running(self) -> bool:
        """Say whether it still runs."""
        return self._guarded() and all(started(pid) is not None for pid in self.pids)

    def usable(self) -> bool:
        """Say whether it still runs, or is down for as long as whoever has killed it likes."""
        return self.running() or (self.down and self._guarded())

    def stop(self) -> None:
        """End it and remove everything it wrote; for whoever started it alone, not for those forked from it."""
        if os.getpid() != self._user:
            return
        if self._warden is not None:
            with suppress(ExecutorError):  # it has ended before, and says that it should not have
                self._warden.stop()
        if hasattr(self, "directory"):
            shutil.rmtree(self.directory, ignore_errors=True)

    def disown(self) -> None:
        """Let go of it, in a process that was forked: mirakuru would end it when this object is collected there."""
        if self._warden is not None and self._warden.process is not None:
            self._warden.process.returncode = 0  # Popen, likewise, would look after it
            self._warden.process = None


def _disown_all() -> None:
    for server in list(_started):
        server.disown()


_started: WeakSet[PrivateServer] = WeakSet()
os.register_at_fork(after_in_child=_disown_all)


def private_server(kind: str, safety: Safety, purpose: str = "") -> PrivateServer:
    """Return a private server that serves until the command ends; the same one for everybody who asks alike.

    Args:
        kind: a name in the table of server kinds.
        safety: decides what is written to disk.
        purpose: where another one than everybody's is wanted.

    Raises:
        StartError: it cannot be started.
    """
    on_disk = server_kind(kind).persistence(safety)
    return keep((kind, on_disk, purpose, os.getpid()), lambda: PrivateServer(kind, safety), PrivateServer.usable)


def _cannot_start(kind: str, words: IO[bytes], error: Exception) -> StartError:
    return StartError(f"a private {kind} server cannot be started: {_last_line(words) or error}")


def _last_line(words: IO[bytes]) -> str:
    """Return the last line of what a server said before it ended, if it said anything."""
    words.seek(0)
    lines = words.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
