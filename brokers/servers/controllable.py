"""What may be done to a private server on purpose: kill it and start it again, hold it, fill its memory."""

from __future__ import annotations

import atexit
import os
import select
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
from mirakuru import SimpleExecutor
from mirakuru.base import cleanup_subprocesses

from brokers.servers import folders
from brokers.servers.registry import server_kind
from brokers.servers.warden import AGAIN, STRIKE
from crossover.contract.errors import StartError, UnusableError, UsageError

READY_WITHIN = 60.0  # seconds; RabbitMQ needs 6 on a free machine
KILLED_WITHIN = 5.0  # seconds

# At our end it would kill every process whose mark has our number in it, be it as a part of another's random number:
# private servers of others. Ours end with us in any case (brokers/servers/warden.py).
atexit.unregister(cleanup_subprocesses)


class ControllableServer:
    """What a private server has to bear; its warden does it, or goes on watching, and ends it with its user as ever.

    Attributes:
        down: whether it has been killed here, and not been started again.
    """

    kind: str
    url: str
    directory: Path
    pids: list[int]
    down = False
    _warden: SimpleExecutor | None = None
    _environment: Mapping[str, str]
    _roomy = ""  # what its memory was limited to before it was filled

    def kill(self) -> None:
        """Kill the server with SIGKILL; its data stay, and what belongs to it (RabbitMQ's epmd) goes on.

        Raises:
            UnusableError: it does not end, or its warden has.
        """
        if self.down:
            return
        with _end_of(self.pids[-1]) as ended:
            self._tell(STRIKE)
            self.down = True
            if not ended.poll(KILLED_WITHIN * 1_000):
                raise UnusableError(f"the {self.kind} server was not killed within {KILLED_WITHIN:.0f} s")

    def restart(self) -> None:
        """Start the server again where it was killed, on its data and at its URL; return when it answers.

        Raises:
            StartError: it does not answer in time; where it has ended, everything of it has been removed.
        """
        self.resume()  # what belongs to it may be held
        self._tell(AGAIN)
        before, deadline = self.pids[-1], time.monotonic() + READY_WITHIN
        while self.pids[-1] == before or not server_kind(self.kind).answers(self.url):
            if not self._guarded() or time.monotonic() > deadline:
                raise StartError(f"the {self.kind} server does not come back")
            time.sleep(0.02)
            if marked := folders.read(self.directory):
                self.pids[-1] = marked.commands[-1].pid
        self.down, self._roomy = False, ""

    def pause(self) -> None:
        """Hold all of its processes with SIGSTOP: it is there, and says nothing."""
        self._to_all(signal.SIGSTOP)

    def resume(self) -> None:
        """Let all of its processes go on."""
        self._to_all(signal.SIGCONT)

    def fill(self) -> None:
        """Leave it less memory than it uses now: Redis refuses to write, RabbitMQ lets publishers wait.

        Raises:
            UsageError: memcached, which throws away old values instead.
            BrokenError: it does not let itself be told.
        """
        kind = server_kind(self.kind)
        if reason := kind.why_not_filled(private=True):
            raise UsageError(reason)
        self._roomy = self._roomy or kind.fill(self.url, self._environment)

    def relieve(self) -> None:
        """Let it have as much memory as before it was filled.

        Raises:
            BrokenError: it does not let itself be told.
        """
        if self._roomy:
            server_kind(self.kind).relieve(self.url, self._environment, self._roomy)
            self._roomy = ""

    def _guarded(self) -> bool:
        return self._warden is not None and self._warden.running()

    def _tell(self, number: signal.Signals) -> None:
        if self._warden is None or self._warden.process is None or not self._warden.running():
            raise UnusableError(f"the {self.kind} server has ended")
        self._warden.process.send_signal(number)

    def _to_all(self, number: signal.Signals) -> None:
        if self._warden is not None and self._warden.process is not None:
            with suppress(psutil.NoSuchProcess):
                for process in psutil.Process(self._warden.process.pid).children(recursive=True):
                    with suppress(psutil.NoSuchProcess):
                        process.send_signal(number)


@contextmanager
def _end_of(pid: int) -> Iterator[select.poll]:
    """Return what can be asked whether a process has ended; nothing else can pass for it meanwhile."""
    descriptor = os.pidfd_open(pid)
    try:
        ended = select.poll()
        ended.register(descriptor, select.POLLIN)
        yield ended
    finally:
        os.close(descriptor)
