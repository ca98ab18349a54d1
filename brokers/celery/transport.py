"""The base of both Celery transports: Celery's workers, messages and results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from brokers.broker_transport import new_run
from brokers.celery.broker import CeleryBroker, celery_over
from brokers.celery.connection import CeleryConnection
from brokers.celery.publisher import CeleryPublisher
from brokers.celery.settings import EXTERNAL, Names, why_overridden
from brokers.celery.workers.environment import WorkerEnvironment
from brokers.celery.workers.private_worker import PrivateWorker
from brokers.celery.workers.remote_control import RemoteControl
from brokers.external import options as external
from brokers.external.workers import ExternalWorkers
from brokers.messages import pack
from brokers.servers import leftovers
from brokers.servers.address import ServerAddress, find
from brokers.servers.registry import server_kind
from crossover.contract.errors import CrossoverError, StartError, UsageError
from crossover.contract.safety import Safety
from crossover.contract.tasks import ALL_ACCEPTED, Batch, Outcomes, Receipt, Submission
from crossover.contract.traits import RunRequest
from crossover.contract.transport import Transport
from workloads.base import Workload

NOTICED_WITHIN = 5.0  # seconds until Celery notices that a pool process was killed, and requeues or fails its task


class CeleryTransport(Transport):
    """A Celery application per run, one Celery task per batch, results through Celery's backend.

    Options: workers (own: we start `celery worker`; external: the user has started workers, which are scaled to as many
    processes as the run has workers; default: the value of CROSSOVER_WORKERS, else own); prefetch
    (worker_prefetch_multiplier of own workers, 1 to 10000; default 4, which is Celery's); tuned (no, yes: queues
    are declared once, and own workers have no rate limits, remote control and event heartbeats, and a default prefetch
    of 64; over Redis, no priorities, and one client for all messages; what the level promises stays the same).

    Attributes:
        at: address of the server; known once found.
        visibility: seconds until messages of a killed worker are delivered again; 0: Celery's default.
    """

    at: ServerAddress
    _found = False
    _server_info = ""
    visibility = 0
    _workers_info = ""  # of external workers
    _external: ExternalWorkers | None = None
    _private: PrivateWorker | None = None
    _publisher: CeleryPublisher | None = None
    _opened = False  # whether the broker holds something of this run, other than in external workers' queues
    _earlier = ""  # the run to take over

    def __init__(self, options: Any, safety: Safety, server_address: str = "") -> None:
        super().__init__(options, safety, server_address)
        self.redelivery = NOTICED_WITHIN  # at every level: below safe, Celery then reports that the task is lost

    @property
    def broker(self) -> CeleryBroker:
        """The broker, as Celery uses it."""
        return celery_over(self.traits.server)

    def take_over(self, run: str) -> None:
        """Have `start` use the queues of an earlier run.

        Raises:
            UsageError: the workers are external.
        """
        if self.options.external:
            raise UsageError(external.NO_TAKE_OVER)
        self._earlier = run

    @classmethod
    def why_not(cls, request: RunRequest) -> str | None:
        """Return why this transport cannot do what is requested, with the workers that it would have."""
        name = cls.traits.name
        if reason := super().why_not(request) or external.why_not(name, request):
            return reason
        if request.usable_here:
            return why_overridden() or server_kind(cls.traits.server).why_not(name, request)
        return None

    @classmethod
    def warnings(cls, request: RunRequest) -> Sequence[str]:
        """Return what the user should know of the server."""
        return server_kind(cls.traits.server).warnings(cls.traits.name, request)

    def find_server(self) -> None:
        """Find or start the server, once for each start.

        Raises:
            StartError: it cannot be started, or external workers would not find it.
        """
        if self._found:
            return
        if self.options.external:
            external.check_server(server_kind(self.traits.server), self.server_address)
        self.at = find(self.traits.server, self.server_address, self.safety, self.purpose)
        self._found = True

    def start(self, workload: Workload, workers: int) -> None:
        """Connect, and start a worker or reserve external ones."""
        self._reference = workload.reference
        self.find_server()
        with_external = self.options.external
        self._server_info = self._server_info or server_kind(self.traits.server).inspect(self.at.url)
        earlier, self._earlier = self._earlier, ""
        self.run = EXTERNAL if with_external else earlier or new_run()
        self.names = Names(self.run, self.safety)
        self.limit = self.broker.largest_message(self.at.url)
        if not with_external:
            self._opened = True
            if not self.at.private:
                leftovers.register(
                    self.run, self.traits.server, self.at.url, (*self.names.queues, *self.names.exchanges)
                )
            self._private = self._start_worker(workers)
        self._publisher = CeleryPublisher(
            self.broker,
            self.at.url,
            self.safety,
            self.run,
            inherit=bool(earlier),
            tuned=self.options.tuned == "yes",
        )
        if self._private is not None:
            self._private.wait_until_ready()
        else:
            self._reserve_workers(self._publisher.connection, workers)

    def _start_worker(self, processes: int) -> PrivateWorker:
        environment = WorkerEnvironment(
            self.traits.server,
            self.at.url,
            self.safety,
            self.run,
            allow=(self._reference,),
            parent=0,
            ready=-1,
            visibility=self.visibility,
            tuned=self.options.tuned == "yes",
        )
        return PrivateWorker(environment, processes, self.options.prefetch)

    def _reserve_workers(self, connection: CeleryConnection, processes: int) -> None:
        again = partial(CeleryConnection, self.broker, self.at.url, self.safety, self.run)
        control = RemoteControl(connection, self.names.tasks, self._reference, again)
        self._external = workers = ExternalWorkers(control)
        if not workers.reserve():
            variable = server_kind(self.traits.server).variable
            raise StartError(
                f"no Celery worker answers at safety level {self.safety}; start one: {variable}=... "
                f"CROSSOVER_SAFETY={self.safety} celery -A brokers.celery.app worker"
            )
        workers.scale(processes)
        self._workers_info = str(workers)

    def submit(self, batch: Batch) -> Submission:
        """Send a Celery task. Accepted: it was sent to the server; at the safe level the server has confirmed it."""
        assert self._publisher is not None
        messages, failed = pack(batch, self._reference, self.limit)
        for first, size, message in messages:
            self._publisher.send(message, first, size, self._reference)
        return Submission(Receipt.ACCEPTED, failed) if failed else ALL_ACCEPTED

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes]:
        """Receive results; check now and then that external workers are alive."""
        assert self._publisher is not None
        found = self._publisher.receive(limit, timeout)
        outcomes = [result.outcomes for result in found]
        return outcomes if self._external is None else self._external.checked(outcomes)

    def absent(self) -> Sequence[str]:
        """Return which external workers no longer answer, or were restarted."""
        return self._external.dead if self._external else ()

    def likely_cause(self, outstanding: int) -> str:
        """Return why nothing comes back, as far as the server shows."""
        queue = self.broker.task_queue(Names(self.run, self.safety))
        return server_kind(self.traits.server).why_silent(self.at.url, queue)

    def exits(self) -> Mapping[int, str]:
        """Return how processes of a private worker have ended."""
        return self._private.exits() if self._private else {}

    def brokers(self) -> Mapping[str, str]:
        """Return version and settings of the server, and what external workers report."""
        found = {self.traits.server: self._server_info, "celery workers": self._workers_info}
        return {name: facts for name, facts in found.items() if facts}

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the processes of a private worker, the main one last, and of a private broker."""
        found = {"workers": self._private.pids} if self._private else {}
        if self._publisher is not None and self.at.private:
            found["broker"] = list(self.at.pids)
        return found

    def stop(self) -> None:
        """End the private worker or restore external ones, and remove everything of the run from the broker."""
        private, self._private = self._private, None
        if private is not None:
            private.stop()
        workers, self._external = self._external, None
        publisher, self._publisher = self._publisher, None
        if publisher is not None:
            if workers is not None:
                publisher.revoke()  # a worker that is busy cannot be restored
                self.notes = workers.restore()
            publisher.close()
        self._found = False
        if self._opened:
            self._opened = False
            with suppress(CrossoverError):
                self.broker.remove(self.at.url, self.names)
                leftovers.unregister(self.run)
