"""A process that ends with its parent, and one that adopts those whose parent has ended; quick to import."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from multiprocessing import parent_process
from multiprocessing.process import BaseProcess

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # from linux/prctl.h
HELD_BACK = {signal.SIGINT, signal.SIGTERM}  # while a process starts


def die_with_parent() -> None:
    """Make the kernel kill this process when its parent ends (on Linux; elsewhere this does nothing).

    Ctrl-C is ignored: the terminal sends it to every process of the group, but only the producer reacts.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD_BACK)  # blocked while this process started
    be_killed_with_parent()
    parent = parent_process()
    if parent is None:
        return
    if not parent.is_alive():
        os._exit(1)  # it died before the call above
    if os.getppid() != parent.pid:  # a fork server started it; it must end with the process that requested it
        threading.Thread(target=_follow, args=(parent,), name="follow", daemon=True).start()


def be_killed_with_parent() -> None:
    """Make the kernel kill this process when its parent ends (on Linux; elsewhere this does nothing)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _follow(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends (on Linux), so that they are found at the end of a run."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
