"""shared-memory: rings in `multiprocessing.shared_memory`, semaphores for wake-up."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from multiprocessing.shared_memory import SharedMemory
from typing import Annotated, ClassVar

from msgspec import Meta

from crossover.contract.tasks import Batch, Outcomes, Receipt
from crossover.contract.transport import Transport
from crossover.workers.fleet import Fleet, context_for
from local_ipc.pickles import PickledInbox, pack, pack_outcomes, unpack_outcomes
from local_ipc.ring import Ring
from local_ipc.starting import AT_MOST_ONCE, NO_SAFE_LEVEL, StartOptions, no_semaphores
from workloads.base import Workload

LOOK_AGAIN = 0.001  # seconds; how long to wait for outcomes while a part of the backlog waits for room


class RingOptions(StartOptions, frozen=True):
    """How processes start, and the size of each of the two rings.

    Attributes:
        slots: how many slots, 2 to 65,536.
        slot_bytes: payload bytes in each, 64 to 16 MiB.
    """

    allowed: ClassVar[Mapping[str, str]] = {
        **StartOptions.allowed,
        "slots": "2 to 65536",
        "slot_bytes": "64 to 16777216",
    }
    slots: Annotated[int, Meta(ge=2, le=65_536)] = 128
    slot_bytes: Annotated[int, Meta(ge=64, le=2**24)] = 32_768


class RingInbox(PickledInbox):
    """A worker's side; all workers share both rings.

    Args:
        tasks: where tasks come from.
        outcomes: where outcomes go.
    """

    def __init__(self, tasks: Ring, outcomes: Ring) -> None:
        self._tasks = tasks
        self._outcomes = outcomes

    def open(self) -> None:
        """Take the rings' own methods."""
        self.get = self._tasks.take
        self.put = self._outcomes.put
        self.write = pack_outcomes


class SharedMemoryTransport(Transport):
    """One ring of tasks for all workers, one ring of outcomes: no pipe, no feeder thread, two copies a message.

    If the producer waited for room in a full ring of tasks, while workers wait for room in a full ring of outcomes,
    nobody would ever go on; so the producer never waits to write: what does not fit stays in its backlog.

    fast, default: the same. safe: refused.

    Options: start (fork | spawn | forkserver; default: the platform's); slots, slot_bytes (default 128 of 32 KiB).
    """

    name = "shared-memory"
    guarantees = AT_MOST_ONCE
    refusals = NO_SAFE_LEVEL
    options_type = RingOptions

    _fleet: Fleet | None = None
    _rings: list[Ring] = []  # noqa: RUF012 - replaced by each start

    @classmethod
    def unusable(cls) -> str | None:
        """Return why there can be no shared memory here, or None."""
        try:
            probe = SharedMemory(create=True, size=1)
        except OSError as error:
            return f"no shared memory: {error}"
        probe.close()
        probe.unlink()
        return no_semaphores()

    def start(self, workload: Workload, workers: int) -> None:
        """Make the rings and start the workers."""
        context = context_for(self.options.start)
        self._backlog: deque[bytes] = deque()
        self._written = 0
        self._rings: list[Ring] = []
        for _ in range(2):
            self._rings.append(Ring(context, self.options.slots, self.options.slot_bytes))
        self._tasks, self._outcomes = self._rings
        self._fleet = Fleet(context, workload.reference)
        for _ in range(workers):
            self._fleet.add(RingInbox(self._tasks, self._outcomes))
        self._fleet.wait_until_ready()

    def submit(self, batch: Batch) -> Receipt:
        """Write a batch into the ring, or keep it until there is room. Accepted: one of the two."""
        messages, receipt = pack(batch)
        self._backlog.extend(messages)
        self._feed()
        return receipt

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes]:
        """Read outcomes, and write what waits for room."""
        found: list[Outcomes] = []
        wait = min(timeout, LOOK_AGAIN) if self._backlog else timeout
        while len(found) < limit and (message := self._outcomes.get_within(0 if found else wait)) is not None:
            found.append(unpack_outcomes(message))
        self._feed()
        return found

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the workers."""
        return {"workers": self._fleet.pids if self._fleet else []}

    def stop(self) -> None:
        """End the workers and give the memory back."""
        if self._fleet is not None:
            self._fleet.stop()
            self._fleet = None
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
