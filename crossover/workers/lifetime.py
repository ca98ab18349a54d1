"""How a worker's process begins, and how it ends: never later than its producer."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any

import psutil

from crossover.contract.errors import StartError
from crossover.contract.text import describe
from workloads.base import resolve

READY_WITHIN = 60.0  # seconds until every worker has said that it is ready
PR_SET_PDEATHSIG = 1  # from linux/prctl.h
INTERRUPTS = {signal.SIGINT, signal.SIGTERM}


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a Python process that is to find what this one finds.

    Args:
        more: variables beside ours.
    """
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **more}


def die_with_parent() -> None:
    """Let the kernel kill this process when the one that started it ends (Linux; elsewhere it does nothing).

    Ctrl-C is for the producer alone: the terminal sends it to every process of the group.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPTS)  # held back while this process started
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    parent = parent_process()
    if parent is None:
        return
    if not parent.is_alive():
        os._exit(1)  # it died before the kernel knew that we want to follow
    if os.getppid() != parent.pid:  # a fork server started us; it waits for the end of its children, not they for its
        threading.Thread(target=_follow, args=(parent,), name="follow", daemon=True).start()


def _follow(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


class Readiness:
    """The handshake at the start: every worker says "ready", or why it cannot be.

    Attributes:
        said: what a worker needs to say so; pass it to `enter`.
        pids: process ids of those that have said something, even that they cannot be ready.

    Args:
        context: of the processes that will be started.
    """

    def __init__(self, context: BaseContext) -> None:
        self._heard, self.said = context.Pipe(duplex=False)
        self.pids: list[int] = []

    def wait(self, workers: int, dead: Callable[[], bool] = lambda: False) -> None:
        """Return as soon as every worker is ready.

        Args:
            workers: how many.
            dead: says whether one of them has already ended; whoever was ready before that may be left out.

        Raises:
            StartError: one cannot be ready, has ended, or says nothing for a minute.
        """
        deadline = time.monotonic() + READY_WITHIN
        while len(self.pids) < workers:
            ended = dead()  # asked before listening: whoever has ended has said before why
            if problem := self.hear(0.1):
                raise StartError(f"a worker cannot start: {problem}")
            if ended and dead() and len(self.pids) < workers:
                raise StartError("a worker ended before it was ready")
            if time.monotonic() > deadline:
                late = workers - len(self.pids)
                raise StartError(f"{late} of {workers} workers were not ready within {READY_WITHIN:.0f} s")

    def hear(self, timeout: float) -> str | None:
        """Take note of what has been said within so many seconds, and return the first problem."""
        while self._heard.poll(timeout):
            pid, problem = self._heard.recv()
            self.pids.append(pid)
            if problem is not None:
                return str(problem)
            timeout = 0
        return None

    def close(self) -> None:
        """Close both ends."""
        self._heard.close()
        self.said.close()


def enter(reference: str, said: Connection, prepare: Callable[[], None] = lambda: None) -> Callable[[Any], Any] | None:
    """Begin a worker's life: follow the parent, find the function, prepare, say "ready".

    Args:
        reference: "package.module:function".
        said: from `Readiness`.
        prepare: what else must be done before the worker is ready.

    Returns:
        The function, or None where it could not be had (the producer has been told).
    """
    die_with_parent()
    try:
        run = resolve(reference)
        prepare()
    except BaseException as error:
        said.send((os.getpid(), describe(error)))
        return None
    said.send((os.getpid(), None))
    return run


def end(pids: Iterable[int], finish: Callable[[], Any] = lambda: None, grace: float = 2.0) -> None:
    """End processes and everything they started: as they should be ended, and by force where that takes too long.

    Args:
        pids: the workers' process ids.
        finish: the proper way; may hang, as `multiprocessing.Pool.terminate` does when a worker was killed.
        grace: how long `finish` may take, in seconds.
    """
    family = [process for pid in pids for process in _with_descendants(pid)]
    finishing = threading.Thread(target=_quietly, args=(finish,), name="finish", daemon=True)
    finishing.start()
    finishing.join(grace)
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(family, timeout=grace)
    finishing.join(0.1)


def _quietly(finish: Callable[[], Any]) -> None:
    with suppress(Exception):  # what is already gone cannot be ended again
        finish()


def _with_descendants(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
