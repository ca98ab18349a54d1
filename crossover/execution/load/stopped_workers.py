"""Stops worker processes with SIGSTOP for a while, and makes sure that they continue."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

GUARD = ("sh", "-c", 'cat; kill -CONT "$@" 2> /dev/null', "guard")
"""Reads standard input to its end, which comes when the producer dies, and lets the workers continue. A stopped process
cannot end with its producer unless the kernel kills it; children of a fork server would stay, stopped for ever."""


@contextmanager
def stopped(pids: Sequence[int], at_most: float) -> Iterator[None]:
    """Stop processes; they continue afterwards, after a time limit, and when this process dies.

    Args:
        pids: their process ids.
        at_most: seconds; a submission that waits for the workers would otherwise never end.
    """
    alarm = threading.Timer(at_most, let_continue, (pids,))
    alarm.daemon = True
    alarm.start()
    guard = subprocess.Popen([*GUARD, *map(str, pids)], stdin=subprocess.PIPE, start_new_session=True)
    try:
        _signal(pids, signal.SIGSTOP)
        yield
    finally:
        alarm.cancel()
        let_continue(pids)
        guard.communicate()


def let_continue(pids: Iterable[int]) -> None:
    """Let processes continue; it does no harm to those that are not stopped."""
    _signal(pids, signal.SIGCONT)


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):  # it has ended; its id may be another process's by now
            os.kill(pid, number)
