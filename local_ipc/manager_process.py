"""A manager of `multiprocessing`: the process in which everything lies that is reached through proxies."""

from __future__ import annotations

import os
import secrets
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.managers import SyncManager

from crossover.workers.fleet import interrupts_held_back
from crossover.workers.lifetime import Readiness, die_with_parent, end


class ManagerProcess:
    """A manager that ends with us.

    Attributes:
        proxies: makes what lies in it; known once started.
        pids: its process id.

    Args:
        context: decides how it starts (fork, spawn, forkserver).
    """

    proxies: SyncManager

    def __init__(self, context: BaseContext) -> None:
        self._context = context
        self._readiness = Readiness(context)
        self.pids = self._readiness.pids
        self._started = False

    def start(self) -> SyncManager:
        """Start it, and return `proxies`.

        Raises:
            StartError: it did not become ready.
        """
        # an abstract address: one in the file system would stay there if this process were killed
        self.proxies = SyncManager(f"\0crossover-{os.getpid()}-{secrets.token_hex(8)}", ctx=self._context)
        with interrupts_held_back():
            self.proxies.start(_enter, (self._readiness.said,))
            self._started = True
        self._readiness.wait(1)
        return self.proxies

    def stop(self) -> None:
        """End it."""
        if self._started:
            end(self.pids, self.proxies.shutdown)
        self._readiness.close()


def _enter(said: Connection) -> None:
    die_with_parent()
    said.send((os.getpid(), None))
