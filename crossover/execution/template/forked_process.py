"""A process that was forked from the template, as the command sees it."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Any

import psutil

from crossover.execution.template.template_handle import STANDARD_ERROR, template_of
from crossover.execution.template.template_process import Fork, Surroundings
from crossover.workers import interruption
from crossover.workers.processes.process_end import end_descriptor, send_signal
from crossover.workers.processes.process_tree import descendants
from crossover.workers.processes.python_process import OF_ONE_PYTHON

FOLLOW_WITHIN = 5.0  # seconds from the death of a process until its workers have ended
LEFT_BEHIND_FOR = 0.5  # seconds that a process may outlive one that had stopped its workers
INTERRUPTED_WITHIN = 4.0  # seconds in which a process ends that was interrupted; then it is killed


class ForkedProcess:
    """A process that was forked from the template, and a connection to it.

    Attributes:
        pid: its process id.
        connection: to it.

    Args:
        target: the function that it runs, as "package.module:function".
        modules: that it will need; the template imports them, once.
        output: descriptor of where its standard output and standard error go.
        descriptors: further ones that the function gets.
        python: path of its interpreter; empty: the one of this process.

    Raises:
        StartError: there is no template, and it cannot be started.
    """

    def __init__(
        self,
        target: str,
        modules: Sequence[str] = (),
        output: int = STANDARD_ERROR,
        descriptors: Sequence[int] = (),
        python: str = "",
    ) -> None:
        ours, theirs = socket.socketpair()
        self._template = template_of(python)
        with theirs:
            self.pid = self._template.fork(Fork(target, tuple(modules)), [output, theirs.fileno(), *descriptors])
        self.connection = Connection(ours.detach())
        with suppress(BrokenPipeError):  # it has ended already
            self.connection.send(_surroundings(python))
        self._exit = select.poll()
        try:
            self._pidfd = end_descriptor(self.pid)
            self._exit.register(self._pidfd, select.POLLIN)
        except ProcessLookupError:  # it has ended already
            self._pidfd = -1
        self._descendants: dict[int, psutil.Process] = {}

    @property
    def alive(self) -> bool:
        """Whether the process is alive."""
        return self._pidfd >= 0 and not self._exit.poll(0)

    @property
    def exit_code(self) -> int | None:
        """How it has ended: its status, or minus the number of its signal; None where that is not known."""
        return None if self.alive else self._template.exit_code(self.pid)

    def join(self, timeout: float) -> bool:
        """Wait for its end for a number of seconds, and return whether it has ended."""
        return self._pidfd < 0 or bool(self._exit.poll(int(timeout * 1000)))

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        if self._pidfd >= 0:
            with suppress(ProcessLookupError):
                send_signal(self.pid, self._pidfd, number)

    def interrupt(self) -> None:
        """Interrupt what it waits for, so that it removes what it has created, and wait a moment for its end."""
        self.signal(signal.SIGINT)
        self.join(INTERRUPTED_WITHIN)

    def receive(self, timeout: float) -> Any:
        """Return its next message; None where none comes in a number of seconds, or before the user interrupts.

        Raises:
            EOFError: it has ended.
        """
        waking = [] if interruption.requested() else [interruption.wake_up_descriptor()]
        try:
            if self.connection in wait([self.connection, *waking], timeout):
                return self.connection.recv()
            if not self.alive and not self.connection.poll():  # a process that it has left keeps its end open
                raise EOFError
        except OSError as error:
            raise EOFError from error
        return None

    def descendants(self) -> list[psutil.Process]:
        """Return its living descendants: its workers, theirs, and everything else it has started."""
        for process in descendants(self.pid) if self.alive else ():
            self._descendants[process.pid] = process
        return [process for process in self._descendants.values() if _is_alive(process)]

    def kill(self, patience: float = FOLLOW_WITHIN) -> None:
        """Kill it with SIGKILL, and return when its descendants have ended.

        Args:
            patience: seconds in which they end by themselves; then they are killed.
        """
        started = self.descendants()
        self.signal(signal.SIGKILL)
        self.join(FOLLOW_WITHIN)
        if started:
            _, remaining = psutil.wait_procs(started, timeout=patience)
            for process in remaining:
                with suppress(psutil.Error):  # it has just ended, or belongs to another user, as what sudo starts does
                    process.kill()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()
        if self._pidfd >= 0:
            self._exit.unregister(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = -1


def _surroundings(python: str) -> Surroundings:
    try:
        folder = os.getcwd()  # noqa: PTH109 - as a text
    except FileNotFoundError:
        folder = ""
    if not python:
        return Surroundings(dict(os.environ), list(sys.path), folder)
    variables = {name: value for name, value in os.environ.items() if name not in OF_ONE_PYTHON}
    return Surroundings(variables, [], folder)


def _is_alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
