"""Celery workers that do calls: the one that `crossover worker` becomes, and the one that an executor starts."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import psutil

from brokers.celery.broker import celery_over
from brokers.celery.settings import WORKER_FLAGS, Names
from brokers.celery.variables import set_aside
from brokers.celery.workers.environment import ALLOW, RUN, SAFETY, SERVERS, TRANSPORT
from brokers.servers import leftovers
from brokers.servers.registry import server_kind
from crossover.contract.safety import Safety
from crossover.jobs.remote.allowed import EVERYTHING
from crossover.jobs.service.calls.replies import NOTE_AFTER
from crossover.jobs.service.celery import app
from crossover.jobs.service.stopping import Stop
from crossover.workers.processes.python_process import environment, python_command

PROGRAM = "crossover.jobs.service.celery.app:main"
AHEAD = 2  # calls for each process that an own worker takes: the one that it runs, and the next
KIB = 1_024


def become(
    transport: str, url: str, allow: tuple[str, ...], safety: Safety, flags: Mapping[str, int], state: Path
) -> NoReturn:
    """Replace this process with `celery worker`; the URL is in its environment, not in its command line.

    Args:
        transport: celery+redis or celery+rabbitmq.
        url: of the server.
        allow: what may run.
        safety: the level.
        flags: of Celery's, with a number; 0: without it.
        state: the file in which it says that it lives.
    """
    words = _words(flags, "--loglevel", "WARNING", "--hostname", f"crossover-{os.getpid()}@%h")
    sys.stderr.flush()
    variables = _variables(transport, url, allow, safety) | {app.STATE: str(state.absolute())}
    os.execve(sys.executable, python_command(PROGRAM, *words), environment() | variables)  # noqa: S606 - no shell


def serve_own(told: Mapping[str, Any], reason: int) -> None:
    """Become the worker of one executor: it says nothing, and runs what this executor has signed.

    Args:
        told: what it serves: see OwnPlan.
        reason: the descriptor that takes why a process cannot begin.
    """
    os.environ.update(_variables(told["transport"], told["url"], (EVERYTHING,), Safety(told["safety"])))
    os.environ.update({RUN: told["queue"], app.INITIAL: told["initial"], app.REASON: str(reason)})
    set_aside(os.environ)
    logging.getLogger("multiprocessing").addHandler(logging.NullHandler())  # of billiard, which says who has died
    flags = {
        "--concurrency": told["workers"],
        "--prefetch-multiplier": AHEAD,
        "--max-tasks-per-child": told["tasks"],
        "--max-memory-per-child": told["memory"] // KIB,  # Celery counts kilobytes
    }
    sys.argv[1:] = _words(flags, "--loglevel", "CRITICAL", "--hostname", f"{told['queue']}@%h")
    app.main()


class EndsAtOnce(Stop):
    """Ends this worker and its processes: all that its executor wanted has an outcome then, or nobody waits for it.

    Args:
        told: what it serves: see OwnPlan.
    """

    def __init__(self, told: Mapping[str, Any]) -> None:
        super().__init__()
        self._told, self._executor = told, os.getppid()

    def request(self) -> None:
        """End everything; after an executor that was killed, clean up, too."""
        processes = psutil.Process().children()
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.suspend()  # of one that is killed, Celery would tell the executor, whose keys are removed now
        if os.getppid() != self._executor:
            time.sleep(4 * NOTE_AFTER)  # until then Celery may store notes on calls that had just begun
            with suppress(Exception):  # the server has ended with the executor
                names = Names(self._told["queue"], Safety(self._told["safety"]))
                celery_over(SERVERS[self._told["transport"]]).remove(self._told["url"], names)
                leftovers.unregister(self._told["queue"].rpartition("-")[2])
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        os.kill(os.getpid(), signal.SIGKILL)


def _words(flags: Mapping[str, int], *more: str) -> list[str]:
    fixed = {name: value for name, value in WORKER_FLAGS.items() if name != "--loglevel"}
    return [
        *(word for flag in fixed.items() for word in flag if word),
        *(word for flag, number in flags.items() if number for word in (flag, str(number))),
        *more,
    ]


def _variables(transport: str, url: str, allow: tuple[str, ...], safety: Safety) -> dict[str, str]:
    return {
        TRANSPORT: transport,
        server_kind(SERVERS[transport]).variable: url,
        ALLOW: ",".join(allow),
        SAFETY: safety.value,
    }
