"""Processes that hold a lock, and are killed or stopped while they do."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from multiprocessing.connection import Connection
from typing import Any

from crossover.experiments.claims.servers.in_server import DEADLINE, kept, module_of, new_name


class Holder:
    """A process that holds a lock; later it writes to what the lock protects, if it still can.

    Attributes:
        store: to write to.

    Args:
        lock: of multiprocessing, or in a server.
        lease: seconds after which a server takes it away.
        store: to write to.
    """

    def __init__(self, lock: Any, lease: float, store: Any = None) -> None:
        self.store = store
        self._pipe, theirs = multiprocessing.Pipe()
        self._process = multiprocessing.Process(target=hold, args=(lock, lease, store, theirs))
        self._process.start()
        theirs.close()
        receive(self._pipe)

    def kill(self) -> None:
        """Kill it (SIGKILL): it can release nothing."""
        self._process.kill()
        self._process.join(DEADLINE)

    def stop(self) -> None:
        """Stop it (SIGSTOP), as a machine does that has no memory left, or is suspended."""
        os.kill(self._process.pid or 0, signal.SIGSTOP)

    def go_on(self) -> tuple[bool, bool]:
        """Let it go on and write; return whether each half of the store has taken it."""
        os.kill(self._process.pid or 0, signal.SIGCONT)
        self._pipe.send("write")
        plain, fenced = receive(self._pipe)
        return plain, fenced

    def close(self) -> None:
        """End it, whatever it does."""
        self.kill()
        self._pipe.close()


def killed_holders(locks: dict[str, Any], lease: float) -> dict[str, float]:
    """Let a process take each lock, kill all of them, and return label → when.

    Args:
        locks: label → a lock of multiprocessing, or in a server.
        lease: seconds after which a server takes it away.
    """
    with ExitStack() as stack:
        holders = {label: stack.enter_context(closing(Holder(lock, lease))) for label, lock in locks.items()}
        killed_at = {}
        for label, holder in holders.items():
            holder.kill()
            killed_at[label] = time.monotonic()
        return killed_at


@contextmanager
def stopped_holders(locks: dict[str, Any], lease: float) -> Iterator[dict[str, Holder]]:
    """Let a process take each lock, stop it, and give label → the process.

    Args:
        locks: label → a lock of multiprocessing, or in a server.
        lease: seconds after which a server takes it away.
    """
    with ExitStack() as stack:
        stopped = {}
        for label, lock in locks.items():
            store = stack.enter_context(kept(module_of("Redis").Store(new_name())))
            stopped[label] = stack.enter_context(closing(Holder(lock, lease, store)))
            stopped[label].stop()
        yield stopped


def hold(lock: Any, lease: float, store: Any, parent: Connection) -> None:
    """Take a lock, tell it, and write when we are told to; we do not see whether we were stopped in the meantime."""
    if hasattr(lock, "lease"):
        lock.lease = lease
    if not lock.acquire(timeout=DEADLINE):
        sys.exit("the lock was not free in time")
    token = lock.fencing_token() if hasattr(lock, "fencing_token") else 0
    parent.send("holds")
    receive(parent)
    parent.send(store.write(token))


def receive(connection: Connection) -> Any:
    """Return what comes.

    Raises:
        TimeoutError: nothing came in time.
    """
    if not connection.poll(DEADLINE):
        raise TimeoutError("a process did not answer in time")
    return connection.recv()
