"""The workers that an executor starts itself, where nobody else's serve its queue: a service of this machine."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import crossover
from crossover.contract.safety import Safety

MODULE = "crossover.jobs.service.own"
ROOT = str(Path(crossover.__file__).parent.parent)
ENDS_WITHIN = 10.0  # seconds in which the service ends that has nothing to do any more; then it is killed


class OwnPlan(NamedTuple):
    """What the service is told, on its standard input: neither a URL nor a key is in its command line.

    Attributes:
        transport: by name.
        url: of the server.
        queue: its name.
        safety: the level.
        key: that signs its calls: it runs nothing else.
        workers: processes.
        tasks: after which a process is replaced; 0: never.
        memory: after a task with which its memory has exceeded this number of bytes; 0: never.
        script: the path of the script that runs, for functions in it.
        initial: a call that each process does first, in hexadecimal digits; empty: none.
        lease: seconds after which a silent worker is taken for dead; 0: where nothing is said.
    """

    transport: str
    url: str
    queue: str
    safety: Safety
    key: str
    workers: int
    tasks: int = 0
    memory: int = 0
    script: str = ""
    initial: str = ""
    lease: float = 0.0


class OwnWorkers:
    """Starts and ends the service.

    Attributes:
        workers: how many processes it has.

    Args:
        plan: what it is told.
    """

    def __init__(self, plan: OwnPlan) -> None:
        self._plan = plan
        self._folder = Path(tempfile.gettempdir(), f"pymp-{secrets.token_hex(4)}")
        self.workers = plan.workers
        self._process: subprocess.Popen[bytes] | None = None
        self._reason: int | None = None
        self._ends = False

    def start(self) -> None:
        """Start it; it finds the modules that this process finds."""
        if self._ends:
            return
        ours, theirs = os.pipe()
        imports_from = [path or str(Path.cwd()) for path in sys.path]
        told = json.dumps([self._plan._asdict(), imports_from, theirs, str(self._folder)]).encode()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE],
                stdin=subprocess.PIPE,
                pass_fds=[theirs],
                process_group=0,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [ROOT, os.environ.get("PYTHONPATH")]))},
            )
        finally:
            os.close(theirs)
        self._reason = ours
        with suppress(OSError):
            stream: Any = self._process.stdin
            stream.write(told + b"\n")
            stream.flush()

    def problem(self) -> str | None:
        """Return why the service has ended, or None."""
        if self._ends and (self._process is None or self._process.poll() is not None):
            return "its workers were ended"
        if self._process is None or self._process.poll() is None:
            return None
        return f"the workers of this executor have ended (exit status {self._process.returncode}){self._why()}"

    def stop(self) -> None:
        """Let it finish what it has, and end: it stops when its standard input is closed."""
        self._ends = True
        if (process := self._process) is None:
            return
        with suppress(OSError):
            process.stdin.close()  # type: ignore[union-attr]  # it is a pipe
        try:
            process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()
        self._forget()

    def terminate(self) -> None:
        """Let it finish what its processes run, and end; what they do not run is given back."""
        self._ends = True
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def kill(self) -> None:
        """End it at once; its processes end with it."""
        self._ends = True
        if self._process is not None and self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._remove_folder()

    def _why(self) -> str:
        if self._reason is None:
            return ""
        os.set_blocking(self._reason, False)
        with suppress(BlockingIOError):
            if text := os.read(self._reason, 2**16).decode(errors="replace").strip():
                return f": {text}"
        return ""

    def _remove_folder(self) -> None:
        """Remove what the service does not remove that was killed."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _forget(self) -> None:
        self._process = None
        self._remove_folder()
        if self._reason is not None:
            os.close(self._reason)
            self._reason = None
