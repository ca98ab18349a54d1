"""Which process it was: told apart from every other, also after a restart, in another container, on another machine."""

from __future__ import annotations

import contextlib
import os
import platform
import select
import signal
from enum import Enum
from pathlib import Path

import msgspec

from brokers.servers.warden import started

ENDED_WITHIN = 2_000  # milliseconds that a killed process has


class Life(Enum):
    """What can be said about a process from here."""

    RUNS = "it runs"
    ENDED = "it has ended, or its machine has been started anew since"
    ELSEWHERE = "it is, or was, on another machine or in another container: nobody can tell from here"


class Process(msgspec.Struct, frozen=True):
    """A process.

    Attributes:
        machine: where it is.
        boot: of that machine; the kernel gives each a random name.
        namespace: in which its pid counts; containers have their own.
        pid: its number.
        ticks: when it was started, since the boot: a pid is given away again.
    """

    machine: str
    boot: str
    namespace: int
    pid: int
    ticks: int

    def life(self) -> Life:
        """Say whether it still runs."""
        machine, boot, namespace = _here()
        if boot != self.boot:
            return Life.ENDED if machine == self.machine else Life.ELSEWHERE
        if namespace != self.namespace:
            return Life.ELSEWHERE
        return Life.RUNS if started(self.pid) == self.ticks else Life.ENDED

    def kill(self) -> None:
        """Kill it if it runs, and wait until it has ended."""
        with contextlib.suppress(OSError):
            descriptor = os.pidfd_open(self.pid)
            try:
                if self.life() is Life.RUNS:  # now the number cannot become somebody else's any more
                    signal.pidfd_send_signal(descriptor, signal.SIGKILL)
                    ended = select.poll()
                    ended.register(descriptor, select.POLLIN)
                    ended.poll(ENDED_WITHIN)
            finally:
                os.close(descriptor)


def this() -> Process:
    """Return the process that asks."""
    return Process(*_here(), os.getpid(), started(os.getpid()) or 0)


def _here() -> tuple[str, str, int]:
    """Return machine, boot and namespace. The machine has its host's name, too: images of containers share their id."""
    machine = f"{_read('/etc/machine-id')} {platform.node()}"
    boot = _read("/proc/sys/kernel/random/boot_id") or machine
    return machine, boot, Path("/proc/self/ns/pid").stat().st_ino


def _read(path: str) -> str:
    with contextlib.suppress(OSError):
        return Path(path).read_text(encoding="ascii", errors="replace").strip()
    return ""
