"""The command's side of a producer process: starts it, receives its reports, ends it."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection

import psutil

from crossover.contract.errors import StartError
from crossover.execution.producer.producer_process import main
from crossover.execution.producer.protocol import Command, ProducerSpec, Ready, Report, StartFailed, Stopped
from crossover.workers.lifetime import READY_WITHIN
from crossover.workers.python_process import environment, python_command

LOOK = 0.05  # seconds
FINISHES_WITHIN = 15.0  # seconds in which it stops its transport and ends
FOLLOW_WITHIN = 5.0  # seconds from its death until its workers have ended
NO_REPORT = Report(broken=False, error="", reasons={}, unexpected=0)


class ProducerHandle:
    """A running producer process.

    Attributes:
        ready: what it reported when its workers were ready.
        report: what it reported when its loop ended; empty where it died before that.
        broken: whether its transport broke.
        finished: whether its loop has ended in order.
        stopped: whether its transport has stopped.

    Args:
        spec: the run.
        variables: of its environment, in addition to this process's own.
        should_end: called often while it starts; when it returns true, the process is killed.

    Raises:
        StartError: its workers did not become ready.
        KeyboardInterrupt: `should_end` returned true.
    """

    def __init__(self, spec: ProducerSpec, variables: Mapping[str, str], should_end: Callable[[], bool]) -> None:
        ours, theirs = socket.socketpair()
        with theirs, (spec.folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                python_command(f"{main.__module__}:main", str(theirs.fileno())),
                env=environment(**variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        self._connection = Connection(ours.detach())
        self.report = NO_REPORT
        self.broken = self.finished = self.stopped = False
        self._descendants: dict[int, psutil.Process] = {}
        try:
            with suppress(BrokenPipeError):  # it has already ended; `_wait_until_ready` reports that
                self._connection.send(spec)
            self.ready = self._wait_until_ready(should_end)
        except BaseException:
            self.kill()
            raise

    @property
    def alive(self) -> bool:
        """Whether the process is alive."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def start(self) -> None:
        """Let it submit tasks."""
        self._connection.send(Command.START)

    def receive(self, timeout: float) -> None:
        """Receive its reports.

        Args:
            timeout: seconds to wait for the first.
        """
        with suppress(EOFError, OSError):  # it has died
            while self._connection.poll(timeout):
                timeout = 0
                self._take(self._connection.recv())

    def descendants(self) -> list[psutil.Process]:
        """Return its living descendants: its workers, theirs, and everything else it has started."""
        with suppress(psutil.NoSuchProcess):
            for process in psutil.Process(self.pid).children(recursive=True) if self.alive else ():
                self._descendants[process.pid] = process
        return [process for process in self._descendants.values() if _is_alive(process)]

    def finish(self) -> bool:
        """Let it stop its transport and end; kill it where it does not. Return whether it did."""
        self.descendants()
        with suppress(OSError):
            self._connection.send(Command.FINISH)
        deadline = time.monotonic() + FINISHES_WITHIN
        while self.alive and time.monotonic() < deadline:
            self.receive(LOOK)
            if self.stopped:
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(1)
        self.receive(0)
        self.kill()
        return self.stopped

    def kill(self) -> None:
        """Kill it with SIGKILL, and return when its descendants have ended; the remaining ones are killed."""
        descendants = self.descendants()
        with suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        self.receive(0)
        _, remaining = psutil.wait_procs(descendants, timeout=FOLLOW_WITHIN)
        for process in remaining:
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _wait_until_ready(self, should_end: Callable[[], bool]) -> Ready:
        deadline = time.monotonic() + READY_WITHIN
        while not self._connection.poll(LOOK):
            if should_end():
                raise KeyboardInterrupt
            if time.monotonic() > deadline:
                raise StartError(f"its workers were not ready within {READY_WITHIN:.0f} s")
        try:
            message: Ready | StartFailed = self._connection.recv()
        except EOFError:
            raise StartError("its producer ended before it was ready") from None
        if isinstance(message, StartFailed):
            raise StartError(message.reason)
        self.descendants()
        return message

    def _take(self, message: Report | Stopped) -> None:
        if isinstance(message, Report):
            self.report = message
            self.broken |= message.broken
            self.finished |= not message.broken
        else:
            self.stopped = True


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
