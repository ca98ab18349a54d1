"""How a worker process begins and ends: never later than its producer."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from multiprocessing import current_process, resource_tracker, set_start_method
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import AuthenticationString  # type: ignore[attr-defined]  # not in typeshed
from typing import Any

import psutil

from crossover.contract.errors import StartError
from crossover.contract.system import Clock, getpid
from crossover.contract.text import describe
from crossover.recording import activity
from crossover.workers.library_messages import TRACKER_IS_QUIET, ignore_library_warnings, silence_libraries
from crossover.workers.prints import print_to
from crossover.workers.processes.parent_end import die_with_parent
from crossover.workers.processes.process_tree import descendants, kill_unless_tracker
from crossover.workers.processes.start_timeout import not_within, start_timeout
from workloads.base import resolve
from workloads.user_modules import restore_variables

OUTLIVED_BY_TRACKER = {signal.SIGHUP, signal.SIGQUIT}  # of a group; it ignores Ctrl-C and SIGTERM by itself


def allow_children() -> None:
    """Let a task start processes, which `multiprocessing` refuses in a daemonic worker; `end` ends them, too.

    A pool process of Celery has a key of a class of Celery's, which cannot be passed to a process that is spawned.
    """
    process = current_process()
    process.daemon = False
    process._config["authkey"] = AuthenticationString(process.authkey)  # type: ignore[attr-defined]  # noqa: SLF001


class Readiness:
    """The handshake at the start: every worker reports that it is ready, or why it cannot be.

    Attributes:
        reports: the end of a pipe into which workers report; pass it to `enter`.
        pids: process ids of the workers that have reported, even that they cannot be ready.
        problems: process id → why it cannot be ready, or why it has ended.

    Args:
        context: of the processes that will be started.
    """

    def __init__(self, context: BaseContext) -> None:
        self._incoming, self.reports = context.Pipe(duplex=False)
        self.pids: list[int] = []
        self.problems: dict[int, str] = {}

    def wait(self, workers: int, dead: Callable[[], bool] = lambda: False) -> None:
        """Return as soon as every worker is ready.

        Args:
            workers: how many.
            dead: returns whether one of them has already ended; one that was ready before may be ignored.

        Raises:
            StartError: one cannot be ready, has ended, or does not report in time.
        """
        deadline = Clock.monotonic() + start_timeout()
        while len(self.pids) < workers:
            ended = dead()  # before reading the reports: a worker reports why it ends
            if problem := self.read_reports(0.1):
                raise StartError(f"a worker cannot start: {problem}")
            if ended and dead() and len(self.pids) < workers:
                raise StartError("a worker ended before it was ready")
            if Clock.monotonic() > deadline:
                late = workers - len(self.pids)
                raise StartError(not_within(f"{late} of {workers} workers were not ready"))

    def read_reports(self, timeout: float) -> str | None:
        """Read the reports that arrive within a timeout in seconds, and return the first problem."""
        while self._incoming.poll(timeout):
            pid, problem = self._incoming.recv()
            self.pids.append(pid)
            if problem is not None:
                self.problems[pid] = str(problem)
                return str(problem)
            timeout = 0
        return None

    def read_all(self) -> None:
        """Read all reports that have arrived."""
        while self.read_reports(0) is not None:
            pass

    def close(self) -> None:
        """Close both ends of the pipe."""
        self._incoming.close()
        self.reports.close()


def enter(
    reference: str, reports: Connection, prepare: Callable[[], None] = lambda: None
) -> Callable[[Any], Any] | None:
    """Begin a worker process: end with the parent, find the function, prepare, report that it is ready.

    It will end by a signal, so a semaphore that the user's module makes is removed by Python's resource tracker, which
    would warn of that.

    Args:
        reference: "package.module:function".
        reports: from `Readiness`.
        prepare: what else must be done before the worker is ready.

    Returns:
        The function, or None if the worker cannot be ready (the producer has the reason).
    """
    die_with_parent()
    allow_children()
    sys.warnoptions.append(TRACKER_IS_QUIET)
    silence_libraries()
    set_start_method(None, force=True)  # it is free again: the user's module may set it
    print_to(2)
    restore_variables()
    try:
        run = resolve(reference)
        ignore_library_warnings()
        prepare()
    except BaseException as error:
        reports.send((getpid(), describe(error)))
        return None
    activity.of_this_worker()
    reports.send((getpid(), None))
    return run


def end(pids: Iterable[int], finish: Callable[[], Any] = lambda: None, grace: float = 2.0) -> None:
    """End processes and all their descendants: regularly, and with SIGKILL if that takes too long.

    Args:
        pids: process ids of the workers.
        finish: ends them regularly; may hang, as `multiprocessing.Pool.terminate` does when a worker was killed.
        grace: how long `finish` may take, in seconds.
    """
    family = [process for pid in pids for process in _with_descendants(pid)]
    finishing = threading.Thread(target=_quietly, args=(finish,), name="finish", daemon=True)
    finishing.start()
    finishing.join(grace)
    for process in family:
        kill_unless_tracker(process)
    _, remaining = psutil.wait_procs(family, timeout=grace)  # trackers remove what the others have left in memory
    for process in remaining:
        with suppress(psutil.Error):  # as `kill_unless_tracker`
            process.kill()
    finishing.join(0.1)


def _quietly(finish: Callable[[], Any]) -> None:
    with suppress(Exception):  # a process that has ended already
        finish()


def _with_descendants(pid: int) -> list[psutil.Process]:
    try:
        return [psutil.Process(pid), *descendants(pid)]
    except psutil.NoSuchProcess:
        return []


def start_resource_tracker() -> None:
    """Start the process that removes what ended processes have left in memory, without its warning; see `enter`."""
    sys.warnoptions.append(TRACKER_IS_QUIET)  # which that process takes over
    try:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, OUTLIVED_BY_TRACKER)  # which it takes over, too
        try:
            resource_tracker.ensure_running()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    finally:
        sys.warnoptions.remove(TRACKER_IS_QUIET)
