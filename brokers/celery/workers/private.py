"""The Celery worker of a run: one stock `celery worker` with its pool of processes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from brokers.celery.client_settings import TUNED_WORKER, WORKER
from brokers.celery.workers.environment import ALLOW, PARENT, READY, RUN, SAFETY, TUNED, VISIBILITY, WHICH
from brokers.servers.registry import server_kind
from crossover.contract.errors import StartError
from crossover.contract.safety import Safety
from crossover.contract.text import masked, readable
from crossover.workers.fleet import context_for, interrupts_held_back
from crossover.workers.lifetime import Readiness, end

LAST_WORDS = 4_096  # bytes of what it said that are looked at


class CeleryWorkers:
    """One `celery worker`.

    It runs in a session of its own, so that Ctrl-C does not reach it. The URL is in its environment: a command line can
    be read by everybody.

    Args:
        name: of the transport.
        server: redis or rabbitmq.
        url: of the server.
        safety: the level.
        run: whose tasks.
        reference: the one function that it runs.
        workers: processes in its pool.
        prefetch: messages that it takes ahead, per process; 0: as many as Celery would, or as suits a tuned one.
        visibility: seconds, over Redis; 0 is Celery's.
        tuned: whether it does without what is not needed.
    """

    def __init__(
        self,
        name: str,
        server: str,
        url: str,
        safety: Safety,
        run: str,
        reference: str,
        workers: int,
        prefetch: int,
        visibility: int = 0,
        *,
        tuned: bool = False,
    ) -> None:
        self._workers = workers
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - nameless; it lives as long as we do
        self._readiness = Readiness(context_for(None))
        ready = self._readiness.said.fileno()
        environment = {
            variable: value for variable, value in os.environ.items() if not variable.startswith("CELERY_")
        } | {
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            WHICH: name,
            server_kind(server).variable: url,
            SAFETY: safety,
            RUN: run,
            ALLOW: reference,
            PARENT: str(os.getpid()),
            READY: str(ready),
            VISIBILITY: str(visibility),
            TUNED: "yes" if tuned else "",
        }
        flags = {
            **WORKER,
            **(TUNED_WORKER if tuned else {}),
            **({"--prefetch-multiplier": str(prefetch)} if prefetch else {}),
        }
        command = [
            *(sys.executable, "-m", "celery", "-A", "brokers.celery.app", "worker"),
            *("--concurrency", str(workers)),
            *("--hostname", f"crossover-{run}@%h"),
            *(word for pair in flags.items() for word in pair if word),
        ]
        with interrupts_held_back():
            self._main = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=self._said,
                stderr=self._said,
                pass_fds=(ready,),
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        """Return when every process has found the function, and the main one takes messages.

        Raises:
            StartError: one cannot, or the worker has ended.
        """
        try:
            self._readiness.wait(self._workers + 1, lambda: self._main.poll() is not None)
        except StartError as error:
            words = self._last_words() if self._main.poll() is not None else ""
            raise StartError(f"{error}: {words}" if words else str(error)) from error

    @property
    def pids(self) -> list[int]:
        """Process ids, dead ones included: the pool, then the main process."""
        main = self._main.pid
        return [*(pid for pid in self._readiness.pids if pid != main), main]

    def stop(self) -> None:
        """End all of them, whatever they do."""
        end(self.pids, self._finish)
        self._main.wait()
        self._readiness.close()
        self._said.close()

    def _finish(self) -> None:
        self._main.terminate()
        self._main.wait()

    def _last_words(self) -> str:
        """Return the last line that it said."""
        size = self._said.seek(0, os.SEEK_END)
        self._said.seek(max(0, size - LAST_WORDS))
        lines = self._said.read().decode(errors="replace").strip().splitlines()
        return masked(readable(lines[-1].strip())) if lines else ""
