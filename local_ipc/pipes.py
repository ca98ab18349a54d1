"""pipe: one `multiprocessing.Pipe` per worker."""

from __future__ import annotations

import selectors
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Annotated, ClassVar

from msgspec import Meta

from crossover.contract.errors import BrokenError
from crossover.contract.tasks import Done, Outcomes
from crossover.workers.fleet import Fleet, context_for
from local_ipc.channels.pickling import PickledInbox, pack_outcomes, unpack_outcomes
from local_ipc.process_transport import FleetTransport, StartOptions, local_traits
from local_ipc.submitting import BacklogTransport
from workloads.base import Workload


class PipeOptions(StartOptions, frozen=True):
    """How processes start, and how much is sent ahead to each worker.

    Attributes:
        prefetch: messages that a worker has in its pipe or runs, 1 to 1,000.
    """

    allowed: ClassVar[Mapping[str, str]] = {**StartOptions.allowed, "prefetch": "1 to 1000"}
    prefetch: Annotated[int, Meta(ge=1, le=1_000)] = 2


class PipeInbox(PickledInbox):
    """A worker's end of its own pipe.

    Args:
        end: this worker's end.
        inherited: the producer's ends that fork copies into the worker. Unless every copy is closed, the end of the
            pipe is never seen.
    """

    def __init__(self, end: Connection, inherited: Sequence[Connection]) -> None:
        self._end = end
        self._inherited = inherited

    def open(self) -> None:
        """Close inherited ends, and bind the methods of the pipe."""
        for end in self._inherited:
            end.close()
        self.get = self._end.recv_bytes
        self.put = self._end.send_bytes
        self.write = pack_outcomes


class PipeTransport(BacklogTransport, FleetTransport):
    """One pipe per worker, both ways; the producer sends each batch to the worker with the fewest batches.

    Both ends block when a pipe is full. So that they never wait for each other, the producer sends ahead to a busy
    worker only what fits into the pipe's buffer; the rest waits in the producer until the worker is idle.

    Options: start (fork | spawn | forkserver; default: the platform's); prefetch (messages per worker; default 2).
    """

    needs_semaphores = False
    traits = local_traits("pipe", options_type=PipeOptions)

    AHEAD = 16 * 1024  # bytes that always fit into a pipe in addition to what it holds

    def start(self, workload: Workload, workers: int) -> None:
        """Start the workers one by one, each with its pipe."""
        context = context_for(self.options.start)
        self._backlog = deque()
        self._under_way: dict[Connection, deque[int]] = {}
        self._selector = selectors.DefaultSelector()
        self._fleet = Fleet(context, workload.reference)
        for _ in range(workers):
            ours, theirs = context.Pipe()
            self._add(ours)
            inherited = list(self._under_way) if context.get_start_method() == "fork" else []
            self._fleet.add(PipeInbox(theirs, inherited))
            theirs.close()
        self._fleet.wait_until_ready()

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes | Done]:
        """Read one message from each pipe that has one, and send more to its worker."""
        found = []
        for key, _ in self._selector.select(timeout):
            end: Connection = key.fileobj  # type: ignore[assignment]  # only connections are registered
            try:
                found.append(unpack_outcomes(end.recv_bytes()))
                self._under_way[end].popleft()
            except (EOFError, OSError):
                self._remove(end)
        if found or self._under_way:
            self._feed()
            return found
        raise BrokenError("every worker has ended")

    def close(self) -> None:
        """Close the pipes."""
        self._selector.close()
        for end in self._under_way:
            end.close()

    def _feed(self) -> None:
        """Send the backlog to the workers with the fewest messages, as far as there is space."""
        while self._backlog and self._under_way:
            message = self._backlog[0]
            end = min(self._under_way, key=lambda end: len(self._under_way[end]))
            ahead = self._under_way[end]
            if ahead and (len(ahead) >= self.options.prefetch or sum(ahead) + len(message) > self.AHEAD):
                return
            with suppress(OSError):  # the worker has died; `collect` reads what it sent, then the end of the pipe
                end.send_bytes(message)
            self._backlog.popleft()
            ahead.append(len(message))

    def _add(self, end: Connection) -> None:
        """Use the pipe of a new worker from now on."""
        self._under_way[end] = deque()
        self._selector.register(end, selectors.EVENT_READ)

    def _remove(self, end: Connection) -> None:
        """Close the pipe of a dead worker; what it held is lost."""
        del self._under_way[end]
        self._selector.unregister(end)
        end.close()
