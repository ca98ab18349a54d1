"""The parent process of a private server. It leaves nothing behind, however the server's user ends.

    python -I brokers/servers/warden/warden.py USER_PID DIRECTORY COMMANDS

COMMANDS is a JSON list of commands; the last one is the server. Each is started in turn, in DIRECTORY, and must stay in
the foreground. When the process USER_PID ends (by SIGKILL, too), when a command ends, or on SIGTERM, all commands are
killed and DIRECTORY is removed: the data of a private server are of no use once its user has ended. If the warden
itself is killed, the kernel kills the commands; DIRECTORY then stays, and the file MARKER in it names its owner and the
processes.

The signal KILL_SERVER kills the server alone; RESTART_SERVER starts it again, with its data in DIRECTORY.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # from linux/prctl.h
MARKER = "crossover.processes"  # in DIRECTORY: its owner (see folders.py), then a line per command
REAPED_WITHIN = 2.0  # seconds
LOOK_EVERY = 200  # milliseconds, where the system tells of no end
KILL_SERVER, RESTART_SERVER = signal.SIGUSR1, signal.SIGUSR2


def main(user: int, directory: str, commands: list[list[str]]) -> int:
    """Start the commands, wait until one of them or the user ends, then end all; return 1 if it was a command."""
    prctl = ctypes.CDLL(None).prctl
    prctl(PR_SET_CHILD_SUBREAPER, 1)  # orphaned children of a server become ours
    signals, wakeup = os.pipe()
    os.set_blocking(signals, False)
    os.set_blocking(wakeup, False)
    signal.set_wakeup_fd(wakeup)
    for number in (
        signal.SIGTERM,
        signal.SIGINT,
        signal.SIGHUP,
        signal.SIGQUIT,
        signal.SIGCHLD,
        KILL_SERVER,
        RESTART_SERVER,
    ):
        signal.signal(number, lambda *_: None)
    ends = _Ends(signals)
    children: list[subprocess.Popen[bytes]] = []

    def start(command: list[str]) -> None:
        children.append(
            subprocess.Popen(
                command,
                cwd=directory,
                start_new_session=True,
                preexec_fn=_die_with(os.getpid(), prctl),  # noqa: PLW1509 - there is no other thread here
            )
        )
        _mark(directory, children[-1].pid)
        ends.watch(children[-1].pid)

    try:
        ends.watch(user)
        for command in commands:
            start(command)
        while not ends.wait():
            numbers = {*ends.read_signals()}
            if not numbers <= {signal.SIGCHLD, KILL_SERVER, RESTART_SERVER}:
                break
            if KILL_SERVER in numbers and len(children) == len(commands):
                ends.unwatch(children[-1].pid)  # its end is not to end us
                os.killpg(children[-1].pid, signal.SIGKILL)
                children.pop().wait()
            if RESTART_SERVER in numbers and len(children) < len(commands):
                start(commands[-1])
            _reap()  # orphans of a server
        return int(any(child.poll() is not None for child in children))
    except ProcessLookupError:  # the user had ended before we opened its pidfd
        return 0
    finally:
        for child in reversed(children):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        _kill_the_rest()
        shutil.rmtree(directory, ignore_errors=True)


class _Ends:
    """Waits for signals, and for the ends of processes.

    Args:
        signals: the descriptor from which the numbers of signals can be read; it does not block.
    """

    def __init__(self, signals: int) -> None:
        self._signals = signals
        self._poll = select.poll()
        self._poll.register(signals, select.POLLIN)
        self._descriptors: dict[int, int] = {}  # by process id
        self._unwatched: dict[int, int] = {}  # process id → when it was started, where the system gives no descriptor

    def watch(self, pid: int) -> None:
        """Watch a process; raises ProcessLookupError where it has ended."""
        try:
            self._descriptors[pid] = os.pidfd_open(pid)
        except ProcessLookupError:
            raise
        except OSError:  # the system refuses, as containers may
            ticks = start_ticks(pid)
            if ticks is None:
                raise ProcessLookupError from None
            self._unwatched[pid] = ticks
        else:
            self._poll.register(self._descriptors[pid], select.POLLIN)

    def unwatch(self, pid: int) -> None:
        """Watch a process no longer."""
        if self._unwatched.pop(pid, None) is None:
            descriptor = self._descriptors.pop(pid)
            self._poll.unregister(descriptor)
            os.close(descriptor)

    def wait(self) -> bool:
        """Wait for an end or a signal, or for a moment; return whether a process has ended."""
        found = [descriptor for descriptor, _ in self._poll.poll(LOOK_EVERY if self._unwatched else None)]
        return found not in ([], [self._signals]) or any(
            start_ticks(pid) != began for pid, began in self._unwatched.items()
        )

    def read_signals(self) -> bytes:
        """Return the numbers of the signals that have come."""
        try:
            return os.read(self._signals, 64)
        except BlockingIOError:
            return b""


def start_ticks(pid: int) -> int | None:
    """Return when a process was started, in clock ticks since the boot, or None if it has ended.

    Together with the pid, which the kernel uses again, this identifies it. Setting the clock does not change it.
    """
    status = _status(pid)
    return int(status[19]) if status and status[0] not in {b"Z", b"X"} else None  # a zombie has ended


def _die_with(warden: int, prctl: Callable[[int, int], int]) -> Callable[[], None]:
    """Return a function for a new process: it lets the kernel kill the process when the warden ends."""

    def begin() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != warden:  # the warden had ended before the call to prctl
            os._exit(1)

    return begin


def _mark(directory: str, pid: int) -> None:
    with Path(directory, MARKER).open("a", encoding="ascii") as marker:
        marker.write(f"{pid} {start_ticks(pid) or 0}\n")


def _kill_the_rest() -> None:
    """Kill our children until there are none left: the children of a killed server become ours."""
    deadline = time.monotonic() + REAPED_WITHIN
    while not _reap() and time.monotonic() < deadline:
        for process in Path("/proc").glob("[0-9]*"):
            if _status(process.name)[1:2] == [str(os.getpid()).encode()]:
                with contextlib.suppress(OSError):
                    os.kill(int(process.name), signal.SIGKILL)
        time.sleep(0.01)


def _reap() -> bool:
    """Reap children that have ended; return whether no child is left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return True
    return False


def _status(pid: int | str) -> Sequence[bytes]:
    """Return the fields of /proc/PID/stat from the state on; nothing if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return ()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])))
