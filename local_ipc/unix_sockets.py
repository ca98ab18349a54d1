"""unix-socket: one `multiprocessing.connection` over AF_UNIX per worker."""

from __future__ import annotations

import selectors
import shutil
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Client, Listener
from pathlib import Path

from crossover.recording.temporary import create_folder, fits_socket
from crossover.workers.fleet import Fleet, context_for
from local_ipc.channels.pickling import PickledInbox, pack_outcomes
from local_ipc.pipes import PipeOptions, PipeTransport
from local_ipc.process_transport import local_traits
from workloads.base import Workload

SOCKET = "socket"


class UnixSocketInbox(PickledInbox):
    """A worker's end of its own connection.

    Args:
        address: path of the socket that the producer listens on.
    """

    def __init__(self, address: str) -> None:
        self._address = address

    def open(self) -> None:
        """Connect, and take the connection's own methods."""
        self._connection = Client(self._address, "AF_UNIX")
        self.get = self._connection.recv_bytes
        self.put = self._connection.send_bytes
        self.write = pack_outcomes


class UnixSocketTransport(PipeTransport):
    """One connection per worker through a UNIX socket; batches are dealt out as `pipe` does.

    Options: start (fork | spawn | forkserver; default: the platform's); prefetch (messages per worker; default 2).
    """

    traits = local_traits("unix-socket", options_type=PipeOptions)

    def start(self, workload: Workload, workers: int) -> None:
        """Listen in a folder of this user alone, start the workers, and accept their connections."""
        context = context_for(self.options.start)
        self._backlog = deque()
        self._under_way = {}
        self._selector = selectors.DefaultSelector()
        self._fleet = Fleet(context, workload.reference)
        with (
            _folder_for_socket() as folder,
            Listener(str(folder / SOCKET), "AF_UNIX", backlog=workers) as listener,
        ):
            for _ in range(workers):
                self._fleet.add(UnixSocketInbox(str(listener.address)))
            self._fleet.wait_until_ready()
            for _ in range(workers):  # each worker connected before it was ready, so no accept waits
                self._add(listener.accept())


@contextmanager
def _folder_for_socket() -> Iterator[Path]:
    folder = create_folder("crossover-unix-socket-", lambda path: fits_socket(path / SOCKET))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
