"""The observer's side of a subject: starts it, hears it, ends it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

import psutil

from crossover.contract.errors import StartError
from crossover.execution.producer.producer_process import NOTHING_SAID, ProducerSpec, Ready, Said, begin
from crossover.workers import lifetime
from crossover.workers.lifetime import READY_WITHIN

LOOK = 0.05  # seconds
ENDS_WITHIN = 15.0  # seconds from "finish" until it has stopped its transport and ended
GONE_WITHIN = 5.0  # seconds from its death until its workers have followed


class ProducerHandle:
    """A producer in a process of its own.

    Attributes:
        ready: what it said when its workers were ready.
        said: what it said at the end, as far as it lived to say it.
        broken: whether its transport broke.
        over: whether it has nothing to wait for any more.

    Args:
        spec: what it does.
        environment: beside ours.
        should_end: asked often while it starts; when it says so, it is ended.

    Raises:
        StartError: its workers did not become ready.
        KeyboardInterrupt: it was ended.
    """

    def __init__(self, spec: ProducerSpec, environment: Mapping[str, str], should_end: Callable[[], bool]) -> None:
        ours, theirs = socket.socketpair()
        with theirs, (spec.folder / "said").open("ab") as words:
            self._process = subprocess.Popen(
                [sys.executable, "-c", f"from {begin.__module__} import begin; begin()", str(theirs.fileno())],
                env=lifetime.environment(**environment),
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        self._talk = Connection(ours.detach())
        self.said = NOTHING_SAID
        self.broken = self.over = self.stopped = False
        self._seen: dict[int, psutil.Process] = {}
        try:
            with suppress(BrokenPipeError):  # it has ended already; that is said below
                self._talk.send(spec)
            self.ready = self._become_ready(should_end)
        except BaseException:
            self.kill()
            raise

    @property
    def alive(self) -> bool:
        """Whether the process still lives."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def go(self) -> None:
        """Let it begin."""
        self._talk.send("go")

    def hear(self, timeout: float) -> None:
        """Take note of what it says within so many seconds."""
        with suppress(EOFError, OSError):  # it has died
            while self._talk.poll(timeout):
                timeout = 0
                self._note(*self._talk.recv())

    def family(self) -> list[psutil.Process]:
        """Return its descendants that live: its workers, theirs, and what else it has started."""
        with suppress(psutil.NoSuchProcess):
            for process in psutil.Process(self.pid).children(recursive=True) if self.alive else ():
                self._seen[process.pid] = process
        return [process for process in self._seen.values() if _lives(process)]

    def finish(self) -> bool:
        """Let it stop its transport and end; return whether it did, and end it by force where not."""
        self.family()
        with suppress(OSError):
            self._talk.send("finish")
        deadline = time.monotonic() + ENDS_WITHIN
        while self.alive and time.monotonic() < deadline:
            self.hear(0.05)
            if self.stopped:
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(1)
        self.hear(0)
        self.kill()
        return self.stopped

    def kill(self) -> None:
        """End it as SIGKILL does, and return when its workers have followed; those that do not are killed."""
        family = self.family()
        with suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        self.hear(0)
        _, stay = psutil.wait_procs(family, timeout=GONE_WITHIN)
        for process in stay:
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def close(self) -> None:
        """Hear no more."""
        self._talk.close()

    def _become_ready(self, should_end: Callable[[], bool]) -> Ready:
        deadline = time.monotonic() + READY_WITHIN
        while not self._talk.poll(LOOK):
            if should_end():
                raise KeyboardInterrupt
            if time.monotonic() > deadline:
                raise StartError(f"its workers were not ready within {READY_WITHIN:.0f} s")
        try:
            word, fact = self._talk.recv()
        except EOFError:
            raise StartError("its producer ended before it was ready") from None
        if word != "ready":
            raise StartError(str(fact))
        self.family()
        found: Ready = fact
        return found

    def _note(self, word: str, fact: Any) -> None:
        self.broken |= word == "broken"
        self.over |= word == "over"
        self.stopped |= word == "stopped"
        if isinstance(fact, Said):
            self.said = fact


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
