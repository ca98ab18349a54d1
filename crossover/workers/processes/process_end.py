"""A descriptor that tells when a process has ended; also where the system refuses `pidfd_open`, as containers may."""

from __future__ import annotations

import errno
import os
import signal
import threading

import psutil

from crossover.contract.system import Clock

REFUSED = {errno.ENOSYS, errno.EPERM, errno.EACCES}
LOOK_EVERY = 0.02  # seconds


def end_descriptor(pid: int) -> int:
    """Return a descriptor that `select.poll` reports once a process has ended; it need not be a child of this one.

    Raises:
        ProcessLookupError: it has ended already.
        OSError: there is no descriptor left.
    """
    try:
        return os.pidfd_open(pid)
    except OSError as error:
        if error.errno not in REFUSED:
            raise
    try:
        process = psutil.Process(pid)
    except psutil.NoSuchProcess:
        raise ProcessLookupError(errno.ESRCH, os.strerror(errno.ESRCH)) from None
    told, telling = os.pipe()
    threading.Thread(target=_tell, args=(process, telling), name=f"end of {pid}", daemon=True).start()
    return told


def send_signal(pid: int, descriptor: int, number: signal.Signals) -> None:
    """Send a signal to a process of which `end_descriptor` returned a descriptor.

    Raises:
        ProcessLookupError: it has ended.
    """
    try:
        signal.pidfd_send_signal(descriptor, number)
    except ProcessLookupError:
        raise
    except OSError:  # the descriptor is none of a process, or the system refuses
        os.kill(pid, number)


def _tell(process: psutil.Process, telling: int) -> None:
    """Close the writing end of a pipe when a process has ended."""
    try:
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            Clock.sleep(LOOK_EVERY)
    except psutil.NoSuchProcess:
        pass
    finally:
        os.close(telling)
