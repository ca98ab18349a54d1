"""shared-memory: ring buffers in `multiprocessing.shared_memory`, with semaphores."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar

from msgspec import Meta

from crossover.contract.errors import StartError
from crossover.contract.tasks import Done, Outcomes
from crossover.contract.traits import RunRequest
from crossover.recording.shared_files import FOLDER
from crossover.workers.fleet import Fleet, context_for
from local_ipc.channels.pickling import pack_outcomes, unpack_outcomes
from local_ipc.channels.ring_buffer import RingBuffer
from local_ipc.channels.segments import check_room, create_segment
from local_ipc.process_transport import FleetTransport, SharedInbox, StartOptions, local_traits
from local_ipc.submitting import BacklogTransport
from workloads.base import Workload

LOOK_AGAIN = 0.001  # seconds to wait for outcomes while a part of the backlog waits for space


class RingOptions(StartOptions, frozen=True):
    """How processes start, and the size of each of the two ring buffers.

    Attributes:
        slots: how many slots, 8 to 65,536.
        slot_bytes: payload bytes in each, 1 KiB to 16 MiB.
    """

    allowed: ClassVar[Mapping[str, str]] = {
        **StartOptions.allowed,
        "slots": "8 to 65536",
        "slot_bytes": "1024 to 16777216",
    }
    slots: Annotated[int, Meta(ge=8, le=65_536)] = 128
    slot_bytes: Annotated[int, Meta(ge=1_024, le=2**24)] = 32_768


class RingInbox(SharedInbox):
    """The inbox of a worker; a ring buffer carries bytes."""

    def open(self) -> None:
        """Pickle everything."""
        super().open()
        self.write = pack_outcomes


class SharedMemoryTransport(BacklogTransport, FleetTransport):
    """One ring buffer of tasks for all workers, one of outcomes: no pipe, no feeder thread, two copies per message.

    The producer never waits for space: what does not fit stays in its backlog. Otherwise producer and workers could
    deadlock, each waiting for space in a buffer that the other has to read.

    Options: start (fork | spawn | forkserver; default: the platform's); slots, slot_bytes (default 128 of 32 KiB).
    """

    traits = local_traits("shared-memory", options_type=RingOptions)

    _rings: list[RingBuffer] = []  # noqa: RUF012 - replaced by each start

    @classmethod
    def why_not(cls, request: RunRequest) -> str | None:
        """Return why this transport cannot do what is requested; it needs shared memory."""
        return super().why_not(request) or (_why_no_shared_memory() if request.usable_here else None)

    def start(self, workload: Workload, workers: int) -> None:
        """Make the ring buffers and start the workers."""
        context = context_for(self.options.start)
        self._backlog = deque()
        self._written = 0
        self._rings: list[RingBuffer] = []
        check_room(2 * RingBuffer.size(self.options.slots, self.options.slot_bytes))
        for _ in range(2):
            self._rings.append(RingBuffer(context, self.options.slots, self.options.slot_bytes))
        self._tasks, self._outcomes = self._rings
        self._fleet = Fleet(context, workload.reference)
        for _ in range(workers):
            self._fleet.add(RingInbox(self._tasks, self._outcomes))
        self._fleet.wait_until_ready()

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes | Done]:
        """Read outcomes, and write what waits for space."""
        messages = self._outcomes.get_within(min(timeout, LOOK_AGAIN) if self._backlog else timeout, limit)
        if self._backlog:
            self._feed()
        return list(map(unpack_outcomes, messages))

    def stop(self) -> None:
        """Stop the workers and free the memory, also after a start that failed between the two buffers."""
        super().stop()
        while self._rings:
            self._rings.pop().close()

    def _feed(self) -> None:
        while self._backlog:
            message = self._backlog[0]
            self._written = self._tasks.offer(message, self._written)
            if self._written < len(message):
                return
            self._backlog.popleft()
            self._written = 0


def _why_no_shared_memory() -> str | None:
    try:
        probe = create_segment(1)
    except OSError as error:
        return f"no shared memory: {FOLDER}: {error.strerror}"
    except StartError as error:
        return str(error)
    probe.close()
    probe.unlink()
    return None
