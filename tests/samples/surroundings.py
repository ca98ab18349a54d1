"""What a function finds in the process that runs it."""

import logging
import multiprocessing
import signal
import sys
import warnings
from pathlib import Path


def look(_payload):
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
