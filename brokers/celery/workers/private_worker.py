"""The private Celery worker of a run: one stock `celery worker` with its pool of processes."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from brokers.celery.settings import TUNED_FLAGS, WORKER_FLAGS
from brokers.celery.variables import set_aside
from brokers.celery.workers.environment import (
    ALLOW,
    PARENT,
    PRINTS,
    READY,
    RUN,
    SAFETY,
    TRANSPORT,
    TUNED,
    VISIBILITY,
    WorkerEnvironment,
)
from brokers.servers.registry import server_kind
from crossover.contract.errors import StartError
from crossover.contract.text import masked, readable
from crossover.workers.fleet import context_for, interrupts_held_back
from crossover.workers.processes import python_process
from crossover.workers.processes.exit_words import how_it_ended
from crossover.workers.processes.lifetime import Readiness, end
from crossover.workers.processes.python_process import python_command

PROGRAM = "brokers.celery.app:main"
OUTPUT_TAIL = 4_096  # bytes of a worker's output that are searched for its last line, and for exits of its processes
EXITED = re.compile(r"pid:(\d+) exited with '(signal|exitcode) (\d+)")  # in a line of billiard's log


class PrivateWorker:
    """One `celery worker`.

    It runs in its own session, so that Ctrl-C does not reach it. The URL is in its environment: a command line is
    visible to every local user.

    Args:
        environment: what it serves, and how; `ready` and `parent` are filled in here.
        processes: size of its pool.
        prefetch: messages that it takes ahead, per process; 0: Celery's default, or that of a tuned worker.
    """

    def __init__(self, environment: WorkerEnvironment, processes: int, prefetch: int) -> None:
        self._processes = processes
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - without a name; it lives as long as this object
        self._readiness = Readiness(context_for(None))
        ready = self._readiness.reports.fileno()
        command = python_command(
            PROGRAM,
            *("--concurrency", str(processes)),
            *("--hostname", f"crossover-{environment.run}@%h"),
            *_flags(prefetch, tuned=environment.tuned),
        )
        with interrupts_held_back(), _standard_error() as prints:
            self._main = subprocess.Popen(
                command,
                env=_variables(environment._replace(parent=os.getpid(), ready=ready, prints=prints)),
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=self._output,
                pass_fds=(ready, prints),
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        """Return when every pool process has imported the function, and the main one takes messages.

        Raises:
            StartError: one cannot, or the worker has ended.
        """
        try:
            self._readiness.wait(self._processes + 1, lambda: self._main.poll() is not None)
        except StartError as error:
            line = self._last_line() if self._main.poll() is not None else ""
            raise StartError(f"{error}: {line}" if line else str(error)) from error

    @property
    def pids(self) -> list[int]:
        """Process ids, dead processes included: the pool, then the main process."""
        main = self._main.pid
        return [*(pid for pid in self._readiness.pids if pid != main), main]

    def exits(self) -> Mapping[int, str]:
        """Return process id → how it ended, of the pool's processes as the main one has logged it, and of that one."""
        found = {pid: how_it_ended(code) for pid, code in self._logged_exits().items()}
        status = self._main.poll()
        return found if status is None else {**found, self._main.pid: how_it_ended(status)}

    def _logged_exits(self) -> Mapping[int, int]:
        size = os.fstat(self._output.fileno()).st_size
        log = os.pread(self._output.fileno(), OUTPUT_TAIL, max(0, size - OUTPUT_TAIL)).decode(errors="replace")
        return {int(pid): -int(code) if kind == "signal" else int(code) for pid, kind, code in EXITED.findall(log)}

    def stop(self) -> None:
        """End all processes, whatever they do."""
        end(self.pids, self._terminate)
        self._main.wait()
        self._readiness.close()
        self._output.close()

    def _terminate(self) -> None:
        self._main.terminate()
        self._main.wait()

    def _last_line(self) -> str:
        """Return the last line of its output."""
        size = self._output.seek(0, os.SEEK_END)
        self._output.seek(max(0, size - OUTPUT_TAIL))
        lines = self._output.read().decode(errors="replace").strip().splitlines()
        return masked(readable(lines[-1].strip())) if lines else ""


def _flags(prefetch: int, *, tuned: bool) -> list[str]:
    flags = {
        **WORKER_FLAGS,
        **(TUNED_FLAGS if tuned else {}),
        **({"--prefetch-multiplier": str(prefetch)} if prefetch else {}),
    }
    return [word for flag in flags.items() for word in flag if word]


@contextmanager
def _standard_error() -> Iterator[int]:
    """Return another descriptor of standard error, to pass to a process whose own one is something else."""
    try:
        descriptor = os.dup(2)
    except OSError:  # it is closed
        descriptor = os.open(os.devnull, os.O_WRONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _variables(environment: WorkerEnvironment) -> dict[str, str]:
    """Return the environment variables that `read_environment` reads in the worker, and no settings of Celery."""
    ours = python_process.environment()
    set_aside(ours)
    return ours | {
        TRANSPORT: f"celery+{environment.server}",
        server_kind(environment.server).variable: environment.url,
        SAFETY: environment.safety,
        RUN: environment.run,
        ALLOW: ",".join(environment.allow),
        PARENT: str(environment.parent),
        READY: str(environment.ready),
        PRINTS: str(environment.prints),
        VISIBILITY: str(environment.visibility),
        TUNED: "yes" if environment.tuned else "",
    }
