"""The base of transports over a broker whose worker loop is ours: redis-list, redis-stream, rabbitmq."""

from __future__ import annotations

import secrets
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from brokers.external import crossover_workers
from brokers.external import options as external
from brokers.external.orders import Run
from brokers.external.workers import ExternalWorkers
from brokers.messages import pack, pack_one
from brokers.servers import leftovers
from brokers.servers.address import ServerAddress, find
from brokers.servers.registry import server_kind
from crossover.contract.errors import StartError, UsageError
from crossover.contract.inbox import Inbox
from crossover.contract.safety import Delivery, Guarantee, Safety
from crossover.contract.tasks import ALL_UNKNOWN, Batch, LateReceipt, Receipt, Submission
from crossover.contract.traits import RunRequest
from crossover.contract.transport import Transport
from crossover.workers.fleet import Fleet, context_for
from workloads.base import Workload

AT_MOST_ONCE = Guarantee(
    Delivery.AT_MOST_ONCE, ordered=True, survives_worker=False, survives_broker=False, crosses_machines=True
)
"""A message that a worker has taken is gone, and the broker keeps everything in memory."""

AT_LEAST_ONCE = Guarantee(
    Delivery.AT_LEAST_ONCE, ordered=True, survives_worker=True, survives_broker=True, crosses_machines=True
)
"""Acknowledged after the work, publishes confirmed, and on disk."""

SAFE_ALONE: Mapping[Safety, Guarantee] = {
    Safety.FAST: AT_MOST_ONCE,
    Safety.DEFAULT: AT_MOST_ONCE,
    Safety.SAFE: AT_LEAST_ONCE,
}
"""The guarantees of a library that delivers again at the safe level only."""

FLUSH_EVERY = 1_000_000  # nanoseconds until an outcome is sent, at most
FLUSH_AT = 256  # messages that are sent together at most, or ...
FLUSH_BYTES = 2**20  # ... bytes


def new_run() -> str:
    """Return a unique name for a run; all names of the run in a broker begin with `crossover` and this."""
    return secrets.token_hex(6)


class BrokerTransport(Transport):
    """Messages are in a broker, and workers are processes of a fleet, here or where a `crossover worker` runs.

    A batch that is submitted is kept until `collect` sends it, with others, in one round trip.

    Attributes:
        at: address of the server; known once found.
    """

    at: ServerAddress
    _found = False
    _earlier = ""  # the run to take over
    _server_info = ""
    _fleet: Fleet | None = None
    _external: ExternalWorkers | None = None
    _workers_info = ""  # of external workers
    _opened = False

    @classmethod
    def why_not(cls, request: RunRequest) -> str | None:
        """Return why this transport cannot do what is requested; it needs a server that can be used."""
        if reason := super().why_not(request) or external.why_not(cls.traits.name, request):
            return reason
        return server_kind(cls.traits.server).why_not(cls.traits.name, request) if request.usable_here else None

    @classmethod
    def warnings(cls, request: RunRequest) -> Sequence[str]:
        """Return what the user should know of the server."""
        return server_kind(cls.traits.server).warnings(cls.traits.name, request)

    def take_over(self, run: str) -> None:
        """Have `start` use the queues of an earlier run.

        Raises:
            UsageError: the workers are external.
        """
        if self.options.external:
            raise UsageError(external.NO_TAKE_OVER)
        self._earlier = run

    def find_server(self) -> None:
        """Find or start the server, once for each start.

        Raises:
            StartError: it cannot be started, or external workers would not find it.
        """
        if not self._found:
            if self.options.external:
                external.check_server(server_kind(self.traits.server), self.server_address)
            self.at = find(self.traits.server, self.server_address, self.safety, self.purpose)
            self._found = True

    def start(self, workload: Workload, workers: int) -> None:
        """Create what the run needs in the server, and start the workers, or reserve external ones."""
        self._reference = workload.reference
        self._unsent: list[tuple[int, int, bytes]] = []
        self._unsent_bytes = 0
        self._receipts: list[LateReceipt] = []
        self.find_server()
        self.run, self._earlier = self._earlier or new_run(), ""
        self._opened = True
        if not self.at.private:
            leftovers.register(self.run, self.traits.server, self.at.url, self.names())
        self._server_info = self._server_info or server_kind(self.traits.server).inspect(self.at.url)
        self.open()
        if self.options.external:
            self._reserve_workers(workers)
            return
        self._fleet = Fleet(context_for(None), workload.reference)
        for _ in range(workers):
            self._fleet.add(self.inbox(self.at.url, self.run, workload.reference))
        self._fleet.wait_until_ready()

    def _reserve_workers(self, workers: int) -> None:
        name, at = self.traits.name, self.at.url
        run = Run(self.options.as_typed(name), self.safety.value, self.run, self._reference)
        control = crossover_workers.CrossoverWorkers(self.traits.server, at, self.options.queue, run)
        self._external = ExternalWorkers(control)
        if not self._external.reserve():
            raise StartError(control.none_answers(name))
        self._external.scale(workers)
        self._workers_info = str(self._external)

    @abstractmethod
    def open(self) -> None:
        """Connect, and create what the run needs.

        Raises:
            UnusableError: the server cannot be used.
        """

    @abstractmethod
    def inbox(self, url: str, run: str, reference: str) -> Inbox:
        """Return a worker's side, which may be used on another machine.

        Args:
            url: of the server.
            run: name of the run.
            reference: the function that runs tasks.
        """

    @abstractmethod
    def flush(self) -> None:
        """Send what is unsent."""

    def names(self) -> Sequence[str]:
        """Return the names of the run's queues; none where all its keys have a prefix that can be scanned for."""
        return ()

    @abstractmethod
    def task_queue(self) -> str:
        """Return the name, or the key, of what the run's workers take tasks from."""

    def likely_cause(self, outstanding: int) -> str:
        """Return why nothing comes back, as far as the server shows."""
        return server_kind(self.traits.server).why_silent(self.at.url, self.task_queue())

    @abstractmethod
    def close(self) -> bool:
        """Remove everything of this run from the broker, and disconnect; return whether that worked."""

    def submit(self, batch: Batch) -> Submission:
        """Keep a batch until it is sent with others. Accepted: the server has replied so."""
        messages, failed = pack(batch, self._reference, self.limit)
        self._unsent += messages
        for _, _, message in messages:
            self._unsent_bytes += len(message)
        if len(self._unsent) >= FLUSH_AT or self._unsent_bytes > FLUSH_BYTES:
            self.flush()
        return Submission(Receipt.UNKNOWN, failed) if failed else ALL_UNKNOWN

    def submit_task(self, task: int, payload: Any) -> Submission:
        """Keep a task until it is sent with others, as `submit` does with a batch."""
        message = pack_one(task, payload, self._reference, self.limit)
        if message is None:
            return self.submit(Batch(task, 1, [payload]))
        self._unsent.append((task, 1, message))
        self._unsent_bytes += len(message)
        if len(self._unsent) >= FLUSH_AT or self._unsent_bytes > FLUSH_BYTES:
            self.flush()
        return ALL_UNKNOWN

    def receipts(self) -> Sequence[LateReceipt]:
        """Return the receipts that have arrived since the last call."""
        found, self._receipts = self._receipts, []
        return found

    def brokers(self) -> Mapping[str, str]:
        """Return the server's version and settings, and what external workers report."""
        server = self.traits.server
        found = {server: self._server_info, f"{server} workers": self._workers_info}
        return {name: facts for name, facts in found.items() if facts}

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the workers, and the processes of a private broker."""
        if self._external is not None:
            return {}
        if self._fleet is None:
            return {"workers": []}
        found = {"workers": self._fleet.pids}
        return {**found, "broker": self.at.pids} if self.at.private else found

    def absent(self) -> Sequence[str]:
        """Return which external workers no longer answer or were restarted, and which processes of theirs have died."""
        return self._external.dead if self._external else ()

    def exits(self) -> Mapping[int, str]:
        """Return how workers have ended."""
        return self._fleet.exits() if self._fleet else {}

    def stop(self) -> None:
        """End the workers or release external ones, and remove everything from the broker."""
        fleet, self._fleet = self._fleet, None
        if fleet is not None:
            self.notes = fleet.stop()
        workers, self._external = self._external, None
        cut_off = workers is not None and bool(workers.dead)  # they may write once more when they are back
        if workers is not None:
            self.notes = workers.restore()
        self._found = False
        if self._opened:
            self._opened = False
            if self.close() and not cut_off:
                leftovers.unregister(self.run)
