"""Calls a function in a forked process, and ends it at a deadline, with all that it has started."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress

import psutil

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36  # from linux/prctl.h
CLEAN_UP_THEMSELVES = ("resource_tracker", "warden.py")  # when the process ends that they belong to
PATIENCE = 10.0  # seconds until they must have ended
BROKEN = 70  # the status where the function raised
RETURNED = 100  # is added to a status: a fault may end the process, with status 0, too


def forked(call: Callable[[], int], deadline: float) -> int | None:
    """Return the status that a function returned; None if it did not in time, or its process ended in another way."""
    prctl = ctypes.CDLL(None).prctl
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = psutil.Process().children()  # a server that all trials share
    end = time.monotonic() + deadline
    pid = os.fork()
    if not pid:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        _exit_with(call)
    try:
        while time.monotonic() < end:
            found, state = os.waitpid(-1, os.WNOHANG)  # orphans, too: a test may wait until they are gone
            if found == pid:
                status = os.waitstatus_to_exitcode(state) - RETURNED
                return status if status >= 0 else None
            if not found:
                time.sleep(0.005)
    finally:
        _end_descendants(before)
    return None


def _exit_with(call: Callable[[], int]) -> None:
    status = BROKEN
    try:
        os.setsid()
        status = call()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(RETURNED + status)


def _end_descendants(others: Sequence[psutil.Process]) -> None:
    """End all processes below this one, other than some children and what is below these.

    Those that remove something when their owner ends get the time to do it.
    """
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:  # there is none: orphans would be children of this process
        return
    end = time.monotonic() + PATIENCE
    while processes := _descendants(others):
        for process in processes:
            with suppress(psutil.Error):
                words = " ".join(process.cmdline())
                if time.monotonic() > end or not any(name in words for name in CLEAN_UP_THEMSELVES):
                    process.send_signal(signal.SIGKILL)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(0.005)


def _descendants(others: Sequence[psutil.Process]) -> list[psutil.Process]:
    found: list[psutil.Process] = []
    for child in psutil.Process().children():
        if child not in others:
            found.append(child)
            with suppress(psutil.Error):
                found += child.children(recursive=True)
    return found
