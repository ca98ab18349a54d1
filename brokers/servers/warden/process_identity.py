"""Names a process so that it is not confused with any other: after a restart, in a container, on another machine."""

from __future__ import annotations

import contextlib
import os
import platform
import select
import signal
from enum import Enum, auto
from pathlib import Path

import msgspec

from brokers.servers.warden.warden import start_ticks
from crossover.workers.processes.process_end import end_descriptor, send_signal

KILLED_WITHIN = 2_000  # milliseconds


class ProcessState(Enum):
    """What can be found out about a process from here."""

    RUNNING = auto()
    ENDED = auto()  # itself, or its machine has been restarted
    ELSEWHERE = auto()  # it is, or was, on another machine or in another container; its state is unknown


class ProcessIdentity(msgspec.Struct, frozen=True):
    """A process.

    Attributes:
        machine: where it runs.
        boot: id of the machine's boot; the kernel chooses a random one each time.
        namespace: the pid namespace; containers have their own.
        pid: its number in that namespace.
        ticks: when it was started, in clock ticks since the boot: the kernel uses a pid again.
    """

    machine: str
    boot: str
    namespace: int
    pid: int
    ticks: int

    def state(self) -> ProcessState:
        """Return whether it still runs."""
        machine, boot, namespace = _here()
        if boot != self.boot:
            return ProcessState.ENDED if machine == self.machine else ProcessState.ELSEWHERE
        if namespace != self.namespace:
            return ProcessState.ELSEWHERE
        return ProcessState.RUNNING if start_ticks(self.pid) == self.ticks else ProcessState.ENDED

    def kill(self) -> None:
        """Kill it if it runs, and wait until it has ended."""
        with contextlib.suppress(OSError):
            descriptor = end_descriptor(self.pid)
            try:
                if self.state() is ProcessState.RUNNING:  # the descriptor is open: the kernel cannot use the pid again
                    send_signal(self.pid, descriptor, signal.SIGKILL)
                    ended = select.poll()
                    ended.register(descriptor, select.POLLIN)
                    ended.poll(KILLED_WITHIN)
            finally:
                os.close(descriptor)


def this_process() -> ProcessIdentity:
    """Return the calling process."""
    return ProcessIdentity(*_here(), os.getpid(), start_ticks(os.getpid()) or 0)


def _here() -> tuple[str, str, int]:
    """Return machine, boot and namespace. The machine includes the host's name: containers of an image share its id."""
    machine = f"{_read('/etc/machine-id')} {platform.node()}"
    boot = _read("/proc/sys/kernel/random/boot_id") or machine
    return machine, boot, Path("/proc/self/ns/pid").stat().st_ino


def _read(path: str) -> str:
    with contextlib.suppress(OSError):
        return Path(path).read_text(encoding="ascii", errors="replace").strip()
    return ""
