"""What can be done to a private server on purpose: kill and restart it, pause it, fill its memory."""

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

from brokers.servers.registry import server_kind
from brokers.servers.warden import folders
from brokers.servers.warden.warden import KILL_SERVER, RESTART_SERVER
from crossover.contract.errors import StartError, UnusableError, UsageError
from crossover.workers import interruption
from crossover.workers.processes.process_end import end_descriptor
from crossover.workers.processes.start_timeout import start_timeout

READY_WITHIN = 60.0  # seconds, at least; RabbitMQ needs 6 on an idle machine
KILLED_WITHIN = 5.0  # seconds

# When Python exits, mirakuru would kill every process whose environment contains our process id in a mark. The mark may
# be that of another user's server, with our id as a part of its random number. Our servers end with us in any case
# (brokers/servers/warden/warden.py).
atexit.unregister(cleanup_subprocesses)


def ready_within() -> float:
    """Return the seconds in which a server must answer after it was started."""
    return max(READY_WITHIN, start_timeout())


class ControllableServer:
    """A private server that can be killed, restarted, paused and filled; its warden still ends it when we end.

    Attributes:
        down: whether it was killed here and not restarted since.
    """

    kind: str
    url: str
    directory: Path
    pids: list[int]
    down = False
    _warden: SimpleExecutor | None = None
    _environment: Mapping[str, str]
    _before_fill = ""  # its memory limit before it was filled

    def kill(self) -> None:
        """Kill the server with SIGKILL. Its data stay; its auxiliary processes (RabbitMQ's epmd) keep running.

        Raises:
            UnusableError: it does not end, or its warden has ended.
        """
        if self.down:
            return
        with _end_of(self.pids[-1]) as ended:
            self._signal_warden(KILL_SERVER)
            self.down = True
            if not ended.poll(KILLED_WITHIN * 1_000):
                raise UnusableError(f"the {self.kind} server was not killed within {KILLED_WITHIN:.0f} s")

    def restart(self) -> None:
        """Start the killed server again, with its data and at its URL; return when it answers.

        Raises:
            StartError: it does not answer in time. If it has ended, all its files have been removed.
            KeyboardInterrupt: Ctrl-C while it starts.
        """
        self.resume()  # its auxiliary processes may be paused
        self._signal_warden(RESTART_SERVER)
        before, deadline = self.pids[-1], time.monotonic() + ready_within()
        while self.pids[-1] == before or not server_kind(self.kind).answers(self.url):
            if not self._warden_runs() or time.monotonic() > deadline:
                raise StartError(f"the {self.kind} server does not come back")
            interruption.raise_if_requested()
            time.sleep(0.02)
            if folder := folders.read(self.directory):
                self.pids[-1] = folder.processes[-1].pid
        self.down, self._before_fill = False, ""

    def pause(self) -> None:
        """Stop all its processes with SIGSTOP: its connections stay open, but it does not answer."""
        self._signal_all(signal.SIGSTOP)

    def resume(self) -> None:
        """Let all its processes continue."""
        self._signal_all(signal.SIGCONT)

    def fill(self) -> None:
        """Leave it less memory than it uses now: Redis refuses writes, RabbitMQ blocks publishers.

        Raises:
            UsageError: its kind cannot be filled.
            BrokenError: the server did not accept the limit.
        """
        kind = server_kind(self.kind)
        if reason := kind.why_not_filled(private=True):
            raise UsageError(reason)
        self._before_fill = self._before_fill or kind.fill(self.url, self._environment)

    def relieve(self) -> None:
        """Restore the memory limit that it had before it was filled.

        Raises:
            BrokenError: the server did not accept the limit.
        """
        if self._before_fill:
            server_kind(self.kind).relieve(self.url, self._environment, self._before_fill)
            self._before_fill = ""

    def _warden_runs(self) -> bool:
        return self._warden is not None and self._warden.running()

    def _signal_warden(self, number: signal.Signals) -> None:
        if self._warden is None or self._warden.process is None or not self._warden.running():
            raise UnusableError(f"the {self.kind} server has ended")
        self._warden.process.send_signal(number)

    def _signal_all(self, number: signal.Signals) -> None:
        if self._warden is not None and self._warden.process is not None:
            with suppress(psutil.NoSuchProcess):
                for process in psutil.Process(self._warden.process.pid).children(recursive=True):
                    with suppress(psutil.NoSuchProcess):
                        process.send_signal(number)


@contextmanager
def _end_of(pid: int) -> Iterator[select.poll]:
    """Yield an object whose `poll` returns something once the process has ended, even if its id is used again."""
    descriptor = end_descriptor(pid)
    try:
        ended = select.poll()
        ended.register(descriptor, select.POLLIN)
        yield ended
    finally:
        os.close(descriptor)
