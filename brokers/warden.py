"""Keeps a private server, and leaves nothing of it behind, however its user ends: run as a script of its own.

    python -I brokers/warden.py USER_PID DIRECTORY COMMANDS

COMMANDS is a JSON list of commands; each is started in turn, in DIRECTORY, and must stay in the foreground. When
USER_PID has ended (SIGKILL included), when one of them has, or on SIGTERM, all of them are killed and DIRECTORY is
removed: what a private server holds is worth nothing once its user is gone.
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

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # from linux/prctl.h


def main(user: int, directory: str, commands: list[list[str]]) -> int:
    """Start everything, wait for the first end, then end everything; return 1 where a command had ended by itself."""
    prctl = ctypes.CDLL(None).prctl
    prctl(PR_SET_CHILD_SUBREAPER, 1)  # what a server starts is ours to bury, too
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    signal.set_wakeup_fd(tell)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    ends = select.poll()
    ends.register(told, select.POLLIN)
    children: list[subprocess.Popen[bytes]] = []
    try:
        ends.register(os.pidfd_open(user), select.POLLIN)
        for command in commands:
            children.append(
                subprocess.Popen(  # should somebody kill us, the kernel kills them; there is no other thread here
                    command,
                    cwd=directory,
                    start_new_session=True,
                    preexec_fn=lambda: prctl(PR_SET_PDEATHSIG, signal.SIGKILL),  # noqa: PLW1509
                )
            )
            ends.register(os.pidfd_open(children[-1].pid), select.POLLIN)
        while [told] == [descriptor for descriptor, _ in ends.poll()] and {*os.read(told, 64)} == {signal.SIGCHLD}:
            _bury(os.WNOHANG)  # not the end yet: something that a server had started
        return int(any(child.poll() is not None for child in children))
    except ProcessLookupError:  # the user had gone before we looked
        return 0
    finally:
        for child in reversed(children):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        _bury(0)
        shutil.rmtree(directory, ignore_errors=True)


def _bury(options: int) -> None:
    """Take leave of processes that have ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, options)[0]:
            pass


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])))
