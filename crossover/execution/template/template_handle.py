"""The command's side of the templates, one for each interpreter: starts one on first use, and has it fork processes."""

from __future__ import annotations

import atexit
import os
import pickle
import socket
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import wait

from crossover.contract.errors import StartError
from crossover.execution.template.template_process import ExitCodeOf, Fork, main
from crossover.workers.processes.python_process import environment, python_command
from crossover.workers.processes.start_timeout import start_timeout

FORKS_WITHIN = 60.0  # seconds, at least; the template may have to import Celery first, on a busy machine
ENDS_WITHIN = 3.0  # seconds; it ends whatever the processes that were forked from it have started
STANDARD_ERROR = 2


class Template:
    """A template of this command; started when it is first needed, and again if it has died.

    Args:
        python: path of its interpreter; empty: the one of this process.
    """

    def __init__(self, python: str = "") -> None:
        self._python = python
        self._lock = threading.Lock()  # the cells of a safety matrix run in several threads
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    @property
    def pid(self) -> int:
        """Its process id; 0 where it does not run."""
        return self._process.pid if self._process is not None else 0

    def fork(self, request: Fork, descriptors: Sequence[int]) -> int:
        """Return the id of a new process."""
        message = pickle.dumps(request)
        with self._lock:
            for _ in range(2):  # once more if the template has been killed
                control = self._start()
                try:
                    socket.send_fds(control, [message], descriptors)
                    if wait([control], max(FORKS_WITHIN, start_timeout())) and (reply := control.recv(64)):
                        return _process_id(int(reply))
                except OSError:
                    pass
                self._stop()
        of = f" of {self._python}" if self._python else ""
        raise StartError(f"no process can be forked: the template process{of} has ended")

    def exit_code(self, pid: int) -> int | None:
        """Return how a process ended that was forked before: its status, or minus its signal; None: it is unknown."""
        with self._lock, suppress(OSError, ValueError):
            if (control := self._control) is not None:
                control.send(pickle.dumps(ExitCodeOf(pid)))
                if wait([control], FORKS_WITHIN):
                    return int(control.recv(64))  # "unknown" is no number
                self._stop()  # it would answer the next request
        return None

    def stop(self) -> None:
        """End it, and every process that was forked from it."""
        with self._lock:
            self._stop()

    def _start(self) -> socket.socket:
        if self._process is not None and self._process.poll() is not None:
            self._stop()
        if self._control is None:
            self._control, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
            with theirs:
                self._process = subprocess.Popen(
                    python_command(f"{main.__module__}:{main.__name__}", str(theirs.fileno()), python=self._python),
                    env=environment(self._python),
                    stdin=subprocess.DEVNULL,
                    stdout=STANDARD_ERROR,
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )
        return self._control

    def _stop(self) -> None:
        process, self._process = self._process, None
        control, self._control = self._control, None
        if control is not None:
            control.close()
        if process is not None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(ENDS_WITHIN)
            process.kill()
            process.wait()

    def forget(self) -> None:
        """Leave it to the process that this one was forked from."""
        self._lock = threading.Lock()  # another thread may have held it
        self._process = self._control = None


def _process_id(reply: int) -> int:
    if reply < 0:
        raise StartError(f"no process can be forked: {os.strerror(-reply)}")
    return reply


template = Template()
"""The template of this process, under the same interpreter."""

_others: dict[str, Template] = {}


def template_of(python: str) -> Template:
    """Return the template under an interpreter, which has been looked at; empty: the one of this process."""
    return _others.setdefault(python, Template(python)) if python else template


def stop_all() -> None:
    """End all templates, and every process that was forked from them."""
    for one in (template, *_others.values()):
        one.stop()


def _forget_all() -> None:
    for one in (template, *_others.values()):
        one.forget()


atexit.register(stop_all)
os.register_at_fork(after_in_child=_forget_all)
