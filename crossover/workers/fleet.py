"""The fleet: the worker processes of a run, which run the worker loop."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess

from crossover.contract.errors import BrokenError, StartError
from crossover.contract.inbox import Inbox
from crossover.contract.system import getpid
from crossover.contract.text import describe
from crossover.workers.limits.memory import processes_ended
from crossover.workers.loop import work
from crossover.workers.processes.exit_words import CUT_OFF, NO_SERVER, how_it_ended
from crossover.workers.processes.lifetime import Readiness, end, enter, start_resource_tracker
from crossover.workers.processes.parent_end import HELD_BACK


class Fleet:
    """Worker processes, each serving an inbox.

    Args:
        context: how processes start (fork, spawn, forkserver).
        reference: the function that runs tasks, as "package.module:function".
        check: called in each worker once the function is imported; it raises an error where it must not run.
    """

    def __init__(self, context: BaseContext, reference: str, check: Callable[[], object] | None = None) -> None:
        self._context = context
        self._reference = reference
        self._check = check
        self._readiness = Readiness(context)
        self._memory_kills = processes_ended()
        self._processes: list[BaseProcess] = []

    def add(self, inbox: Inbox) -> None:
        """Start one more worker."""
        process = self._context.Process(  # type: ignore[attr-defined]  # typeshed: every concrete context has it
            target=_serve, args=(inbox, self._reference, self._readiness.reports, self._check), daemon=True
        )
        with interrupts_held_back():
            process.start()
            self._processes.append(process)

    def wait_until_ready(self) -> None:
        """Return when every worker is ready; one that was ready may have died since, of a task that a broker sent it.

        Raises:
            StartError: one did not become ready.
        """
        self._readiness.wait(len(self._processes), self._one_died_unready)

    def count_ready(self) -> int:
        """Return how many workers have reported that they are ready, without waiting.

        Raises:
            StartError: one cannot be ready, or has ended before.
        """
        died = self._one_died_unready()  # before reading the reports: a worker reports why it ends
        problem = self._readiness.read_reports(0)
        if problem or (died and self._one_died_unready()):
            raise StartError(f"a worker cannot start: {problem or 'it ended before it was ready'}")
        return len(self._readiness.pids)

    def _one_died_unready(self) -> bool:
        ready = self._readiness.pids
        return any(process.exitcode is not None and process.pid not in ready for process in self._processes)

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers, including dead ones."""
        return [process.pid for process in self._processes if process.pid is not None]

    def exits(self) -> Mapping[int, str]:
        """Return process id → how it ended, in words, of the workers that have ended."""
        return {pid: self._how_it_ended(pid, code) for pid, code in self._exit_codes().items()}

    def _exit_codes(self) -> Mapping[int, int]:
        codes = {process.pid: process.exitcode for process in self._processes}
        return {pid: code for pid, code in codes.items() if pid is not None and code is not None}

    def _how_it_ended(self, pid: int, code: int) -> str:
        """Return how a worker ended, and why it says that it did."""
        if code == NO_SERVER:
            self._readiness.read_all()
        return ": ".join(filter(None, [how_it_ended(code, self._memory_kills), self._readiness.problems.get(pid)]))

    def stop(self) -> list[str]:
        """Terminate the workers, and whatever processes they started; return how those that had died ended."""
        causes = Counter(self._how_it_ended(pid, code) for pid, code in self._exit_codes().items() if code)
        end(self.pids, self._terminate)
        for process in self._processes:
            process.join(1)
        self._readiness.close()
        return [f"{count} worker{'s' if count > 1 else ''} {cause}" for cause, count in causes.items()]

    def _terminate(self) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()


def _serve(inbox: Inbox, reference: str, reports: Connection, check: Callable[[], object] | None = None) -> None:
    def prepare() -> None:
        if check is not None:
            check()
        inbox.open()

    run = enter(reference, reports, prepare)
    if run is not None:
        try:
            work(inbox, run)
        except BrokenError as error:  # the server is down, or has closed the connection in the middle of an answer
            with suppress(OSError):
                reports.send((getpid(), str(error)))
            sys.exit(NO_SERVER)
        except OSError as error:
            reason = f"cannot reach its producer any more: {describe(error)}"
            with suppress(OSError):  # that is closed, too
                os.write(2, f"crossover: worker {getpid()} {reason}\n".encode())
            os._exit(CUT_OFF if error.errno == errno.EBADF else 1)  # the end of the interpreter would use them, too


@contextmanager
def interrupts_held_back() -> Iterator[None]:
    """Block Ctrl-C and SIGTERM while processes start: a child that is not set up yet would die with a traceback."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, HELD_BACK)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def context_for(start: str | None) -> BaseContext:
    """Return the multiprocessing context of a start method; None: the platform's default.

    The default is looked up in a way that does not fix it: the user's module may set it.
    """
    context = multiprocessing.get_context(start or multiprocessing.get_all_start_methods()[0])
    if context.get_start_method() != "fork":
        start_resource_tracker()  # now: it would unblock Ctrl-C, which must stay blocked while processes start
    return context
