"""Functions that tests give to workers, and workloads made of them."""

import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from contextlib import suppress
from pathlib import Path

from workloads.base import Workload

HOLD = ".hold"
DONE_BEFORE_HOLD = 10


def echo(payload):
    return payload


def double(payload):
    return payload * 2


def fail_on_odd(payload):
    if payload % 2:
        raise ValueError(f"{payload} is odd")
    return payload


def exit_on_odd(payload):
    if payload % 2:
        sys.exit(f"{payload} is odd")
    return payload


def who(_payload):
    time.sleep(0.002)
    return os.getpid()


def give_a_lock(_payload):
    return threading.Lock()


class Grumpy:
    """Can be pickled, and cannot be unpickled."""

    def __reduce__(self):
        return _refuse, ()


def _refuse():
    raise RuntimeError("I will not be unpickled")


def give_a_grumpy(_payload):
    return Grumpy()


def nap(seconds):
    time.sleep(seconds)
    return seconds


def stay(payload):
    """Sleep for some seconds; or, given a path, write the process id there and stay busy."""
    if isinstance(payload, str):
        Path(payload).write_text(str(os.getpid()))
        time.sleep(600)
    time.sleep(payload)
    return payload


def echo_or_stay(payload):
    """Return a whole number; sleep for any other."""
    if isinstance(payload, float):
        time.sleep(payload)
    return payload


def lock_twice(_payload):
    """Wait for a lock that this thread itself holds."""
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def end_with(payload):
    """End this process with an exit status, or, where it is negative, by a signal; 0: return."""
    if payload < 0:
        os.kill(os.getpid(), -payload)
    elif payload:
        os._exit(payload)
    return payload


def stay_once(payload):
    """Like `stay`, but only the first worker stays; a redelivered task returns at once."""
    return payload if isinstance(payload, str) and Path(payload).exists() else stay(payload)


def note_done(payload):
    """Write down that a task is done; all but the first few wait for as long as the file HOLD is there."""
    path, number = payload
    while number >= DONE_BEFORE_HOLD and Path(path).with_suffix(HOLD).exists():
        time.sleep(0.01)
    with Path(path).open("ab", buffering=0) as journal:
        journal.write(b"%d\n" % number)
    return number


def echo_when_released(payload):
    """Wait briefly and return the number, like the workload echo; where a file is named, as long as it is there."""
    number, held = payload
    while held and Path(held).exists():
        time.sleep(0.005)
    time.sleep(0.002)
    return number


def leave_a_daemon():
    """Start a process that outlives its parent, as daemons do; return its id."""
    child = subprocess.run(
        ["sh", "-c", "setsid sleep 600 > /dev/null 2>&1 & echo $!"], capture_output=True, text=True, check=True
    )
    return int(child.stdout)


def end_and_leave_a_child():
    """End this process, and leave a child that keeps all its descriptors open."""
    if os.fork():
        os._exit(3)
    time.sleep(600)


def sockets_of_a_program():
    """Return the sockets that a program inherits which closes none."""
    pid = os.posix_spawn("/bin/sleep", ["sleep", "600"], {})
    found = []
    for path in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # the program has closed it, as it does with its libraries
            found.append(str(path.readlink()))
    return [target for target in found if target.startswith("socket")]


def surroundings(_payload):
    """Return what surrounds this process; what cannot be done raises."""
    start = multiprocessing.get_start_method(allow_none=True)  # before a child fixes it
    child = multiprocessing.get_context("spawn").Process(target=print, args=("a child",))
    child.start()  # a daemonic process may not
    child.join(60)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filters.insert(0, next(one for one in warnings.filters if one[3] and one[3].match("redis.client")))
        warnings.warn_explicit("old", DeprecationWarning, "file.py", 1, "redis.client")
    return {
        "interrupts": signal.getsignal(signal.SIGINT),
        "terminates": signal.getsignal(signal.SIGTERM),
        "blocked": signal.pthread_sigmask(signal.SIG_BLOCK, []),
        "prints": Path("/proc/self/fd/1").readlink() == Path("/proc/self/fd/2").readlink(),
        "start": start,
        "child": child.exitcode,
        "pika": logging.getLogger("pika").isEnabledFor(logging.CRITICAL),
        "tracker": any("resource_tracker" in option for option in sys.warnoptions),
    }


class FunctionWorkload(Workload):
    """Runs one of the functions above over given payloads.

    Any value is right unless `right`, which is also one of these functions, says which.
    """

    def __init__(self, function, payloads, right=None):
        self.name = function
        self.reference = f"task_functions:{function}"
        self.usual_tasks = len(payloads)
        self._payloads = payloads
        self._right = right

    def payloads(self, tasks):
        return self._payloads

    def check(self, payload, value):
        return self._right is None or value == self._right(payload)
