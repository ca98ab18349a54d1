"""Keeps a private server, and leaves nothing of it behind, however its user ends: run as a script of its own.

    python -I brokers/servers/warden.py USER_PID DIRECTORY COMMANDS

COMMANDS is a JSON list of commands; each is started in turn, in DIRECTORY, and must stay in the foreground. When
USER_PID has ended (SIGKILL included), when one of them has, or on SIGTERM, all of them are killed and DIRECTORY is
removed: what a private server holds is worth nothing once its user is gone. Should somebody kill the warden itself,
the kernel kills them; DIRECTORY is then left, and the file MARKER in it says whose it was and which processes they are.

STRIKE kills the last command, the server, and it alone; AGAIN starts it again, on what it has left in DIRECTORY.
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
MARKER = "crossover.processes"  # in DIRECTORY: whose it is (see brokers/servers/folders.py), then a line per command
BURIED_WITHIN = 2.0  # seconds
STRIKE, AGAIN = signal.SIGUSR1, signal.SIGUSR2


def main(user: int, directory: str, commands: list[list[str]]) -> int:
    """Start everything, wait for the first end, then end everything; return 1 where a command had ended by itself."""
    prctl = ctypes.CDLL(None).prctl
    prctl(PR_SET_CHILD_SUBREAPER, 1)  # what a server starts is ours to bury, too
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD, STRIKE, AGAIN):
        signal.signal(number, lambda *_: None)
    ends = select.poll()
    ends.register(told, select.POLLIN)
    children: list[subprocess.Popen[bytes]] = []
    watched = 0  # the last command's pidfd

    def start(command: list[str]) -> int:
        children.append(
            subprocess.Popen(
                command,
                cwd=directory,
                start_new_session=True,
                preexec_fn=_dying_with(os.getpid(), prctl),  # noqa: PLW1509 - there is no other thread here
            )
        )
        _mark(directory, children[-1].pid)
        end = os.pidfd_open(children[-1].pid)
        ends.register(end, select.POLLIN)
        return end

    try:
        ends.register(os.pidfd_open(user), select.POLLIN)
        for command in commands:
            watched = start(command)
        while [told] == [descriptor for descriptor, _ in ends.poll()]:
            numbers = {*os.read(told, 64)}
            if not numbers <= {signal.SIGCHLD, STRIKE, AGAIN}:
                break
            if STRIKE in numbers and len(children) == len(commands):
                ends.unregister(watched)  # it is not the end
                os.close(watched)
                os.killpg(children[-1].pid, signal.SIGKILL)
                children.pop().wait()
            if AGAIN in numbers and len(children) < len(commands):
                watched = start(commands[-1])
            _bury()  # what a server had started
        return int(any(child.poll() is not None for child in children))
    except ProcessLookupError:  # the user had gone before we looked
        return 0
    finally:
        for child in reversed(children):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        _kill_the_rest()
        shutil.rmtree(directory, ignore_errors=True)


def started(pid: int) -> int | None:
    """Return when a process was started, in ticks since the machine was, or None where it has ended.

    Together with the pid, which is given away again, this names it: the clock may be set, and this stays as it is.
    """
    status = _status(pid)
    return int(status[19]) if status and status[0] not in {b"Z", b"X"} else None  # zombies have ended


def _dying_with(warden: int, prctl: Callable[[int, int], int]) -> Callable[[], None]:
    """Return what a command does before it becomes a server: it asks the kernel to be killed when the warden ends."""

    def begin() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != warden:  # it had ended before we asked
            os._exit(1)

    return begin


def _mark(directory: str, pid: int) -> None:
    with Path(directory, MARKER).open("a", encoding="ascii") as marker:
        marker.write(f"{pid} {started(pid) or 0}\n")


def _kill_the_rest() -> None:
    """Kill our children until there are none: helpers of the servers become ours when those have been killed."""
    deadline = time.monotonic() + BURIED_WITHIN
    while not _bury() and time.monotonic() < deadline:
        for process in Path("/proc").glob("[0-9]*"):
            if _status(process.name)[1:2] == [str(os.getpid()).encode()]:
                with contextlib.suppress(OSError):
                    os.kill(int(process.name), signal.SIGKILL)
        time.sleep(0.01)


def _bury() -> bool:
    """Take leave of processes that have ended; say whether that were the last ones."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return True
    return False


def _status(pid: int | str) -> Sequence[bytes]:
    """Return what /proc says of a process, beginning with its state and its parent; nothing where there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return ()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])))
