"""Private servers: each on a loopback port or a socket, in a folder of its own; removed when we end.

A warden (brokers/servers/warden/warden.py) is the parent of each server: nothing is left behind, even if SIGKILL ends
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
from mirakuru.base import Executor
from mirakuru.exceptions import AlreadyRunning, ExecutorError, ProcessExitedWithError

from brokers.servers.controllable import ControllableServer, ready_within
from brokers.servers.launch import HOST, LaunchSpec
from brokers.servers.registry import server_kind
from brokers.servers.session import keep
from brokers.servers.warden import folders, warden
from brokers.servers.warden.warden import start_ticks
from crossover.contract.errors import StartError
from crossover.contract.safety import Safety
from crossover.workers import interruption
from crossover.workers.fleet import interrupts_held_back

ATTEMPTS = 3  # another process may take a port after we chose it and before the server listens on it


class PrivateServer(ControllableServer):
    """A server that we launched.

    Args:
        kind: a name in the table of server kinds.
        safety: the level; decides what the server writes to disk.

    Attributes:
        kind: as given.
        url: of the server, password included.
        directory: contains everything that it writes.
        pids: process ids of its commands, the server's last. Their children come and go (Redis forks to write a file).

    Raises:
        StartError: it cannot be started.
        KeyboardInterrupt: Ctrl-C while it starts.
    """

    def __init__(self, kind: str, safety: Safety) -> None:
        self._user = os.getpid()
        self.kind = kind
        _started.add(self)
        for attempt in range(1, ATTEMPTS + 1):
            with _output_file(kind) as output:
                try:
                    self._start(kind, safety, output)
                except (ProcessExitedWithError, AlreadyRunning, FileNotFoundError) as error:  # perhaps for its port
                    self.stop()
                    if attempt == ATTEMPTS:
                        raise _cannot_start(kind, output, error) from error
                except (ExecutorError, OSError) as error:
                    self.stop()
                    raise _cannot_start(kind, output, error) from error
                except BaseException:  # Ctrl-C while it starts
                    self.stop()
                    raise
                else:
                    return

    def _start(self, kind: str, safety: Safety, output: IO[bytes]) -> None:
        with interrupts_held_back():  # otherwise the folder might exist without being known here
            self.directory = folders.create(kind)
        spec = server_kind(kind).launch_spec(self.directory, safety)
        for name, text in spec.files.items():
            path = self.directory / name
            path.touch(mode=0o600)
            path.write_text(text, encoding="utf-8")
        self.url = spec.url
        self._environment = {**os.environ, **spec.environment}
        self._warden = self._executor(spec, output)
        self._warden.start()
        self.pids = [process.pid for process in folders.wait_for_processes(self.directory, len(spec.commands))]

    def _executor(self, spec: LaunchSpec, output: IO[bytes]) -> Executor:
        command = [sys.executable, "-I", warden.__file__, str(os.getpid()), str(self.directory)]
        options: dict[str, Any] = {
            "command": [*command, json.dumps(spec.commands)],
            "timeout": ready_within(),
            "sleep": 0.02,
            "envvars": self._environment,
            "stdin": subprocess.DEVNULL,
            "stdout": output,
            "stderr": output,
        }
        if isinstance(spec.listens, str):
            return _OnSocket(socket_name=spec.listens, **options)
        return _OnPort(host=HOST, port=spec.listens, **options)

    def running(self) -> bool:
        """Return whether it runs."""
        return self._warden_runs() and all(start_ticks(pid) is not None for pid in self.pids)

    def usable(self) -> bool:
        """Return whether it runs, or can be restarted because it was killed on purpose."""
        return self.running() or (self.down and self._warden_runs())

    def stop(self) -> None:
        """Stop it and remove its files; does nothing in a process that was forked from the one that started it."""
        if os.getpid() != self._user:
            return
        if self._warden is not None:
            with suppress(ExecutorError):  # raised if it had ended before
                self._warden.stop()
        if hasattr(self, "directory"):
            shutil.rmtree(self.directory, ignore_errors=True)

    def disown(self) -> None:
        """Release it in a forked process: mirakuru would stop it there when this object is garbage-collected."""
        if self._warden is not None and self._warden.process is not None:
            self._warden.process.returncode = 0  # otherwise Popen would wait for it there
            self._warden.process = None


def _output_file(kind: str) -> IO[bytes]:
    """Open a file for what a server prints: outside its directory, which the warden removes."""
    try:
        return tempfile.TemporaryFile()
    except OSError as error:
        raise StartError(f"{kind} cannot be started: {error}") from error


class _Interruptible(Executor):
    """Is interrupted while it waits for the server to answer; never while it stops the server."""

    def after_start_check(self) -> bool:
        """Return whether the server answers."""
        interruption.raise_if_requested()
        return super().after_start_check()


class _OnPort(_Interruptible, TCPExecutor):
    """Waits for a port."""


class _OnSocket(_Interruptible, UnixSocketExecutor):
    """Waits for a Unix socket."""


def _disown_all() -> None:
    for server in list(_started):
        server.disown()


_started: WeakSet[PrivateServer] = WeakSet()
os.register_at_fork(after_in_child=_disown_all)


def private_server(kind: str, safety: Safety, purpose: str = "") -> PrivateServer:
    """Return a private server that runs until the command ends; the same arguments return the same server.

    Args:
        kind: a name in the table of server kinds.
        safety: the level; levels at which the server writes the same to disk share one.
        purpose: set it to get a server that callers with another purpose do not share.

    Raises:
        StartError: it cannot be started.
    """
    on_disk = server_kind(kind).persistence(safety)
    return keep((kind, on_disk, purpose, os.getpid()), lambda: PrivateServer(kind, safety), PrivateServer.usable)


def _cannot_start(kind: str, output: IO[bytes], error: Exception) -> StartError:
    return StartError(f"a private {kind} server cannot be started: {_last_line(output) or error}")


def _last_line(output: IO[bytes]) -> str:
    """Return the last line that a server printed; an empty string if it printed nothing."""
    output.seek(0)
    lines = output.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
