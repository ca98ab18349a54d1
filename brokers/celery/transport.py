"""What both Celery transports have in common: Celery's own workers, messages and results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from brokers.broker_transport import AT_LEAST_ONCE, AT_MOST_ONCE, new_run
from brokers.celery.cleanup import remove
from brokers.celery.connection import CeleryConnection
from brokers.celery.options import CeleryOptions
from brokers.celery.publisher import CeleryProducer
from brokers.celery.settings import EXTERNAL, Names, largest, overruled
from brokers.celery.workers.external import ExternalWorkers
from brokers.celery.workers.private import CeleryWorkers
from brokers.celery.workers.remote_control import CeleryControl
from brokers.messages import pack
from brokers.servers import leftovers
from brokers.servers.address import ServerAddress, find
from brokers.servers.registry import server_kind
from crossover.contract.errors import StartError, UsageError
from crossover.contract.safety import Guarantee, Safety
from crossover.contract.tasks import ACCEPTED, Batch, Outcomes, Receipt
from crossover.contract.transport import Transport
from workloads.base import Workload

NOTICED_WITHIN = 5.0  # seconds until Celery notices that a process was killed, and takes its task back or fails it


class CeleryTransport(Transport):
    """A Celery application of the run's own, one Celery task per batch, results through Celery's own backend.

    Options: workers (own: we start `celery worker`; external: workers that somebody else has started serve us,
    and have as many processes meanwhile as the run has workers; default: what CROSSOVER_WORKERS says, else own);
    prefetch (worker_prefetch_multiplier of own workers, 1 to 10000; default 4, which is Celery's);
    tuned (no, yes: own workers without rate limits, remote control, event heartbeats and, over Redis, priorities, and
    with a prefetch of 64 where none is said; what the level promises stays the same).
    """

    options_type = CeleryOptions
    worker_parent = True
    resumable = True
    guarantees: ClassVar[Mapping[Safety, Guarantee]] = {
        Safety.FAST: AT_MOST_ONCE,
        Safety.DEFAULT: AT_MOST_ONCE,
        Safety.SAFE: AT_LEAST_ONCE,
    }
    refusals: ClassVar[Mapping[Safety, str]] = {}

    at: ServerAddress
    _facts = ""
    _told = ""  # what external workers are
    _theirs: ExternalWorkers | None = None
    _producer: CeleryProducer | None = None
    _workers: CeleryWorkers | None = None
    _began = False  # whether there is something of a run of our own in the broker
    _earlier = ""  # the run to be taken over
    visibility = 0  # seconds, where it is not Celery's

    def __init__(self, options: Any, safety: Safety, server_address: str = "") -> None:
        super().__init__(options, safety, server_address)
        self.redelivery = NOTICED_WITHIN  # at every level: below safe, that is when it says that the task is lost

    @classmethod
    def unusable(cls, server_address: str = "") -> str | None:
        """Return why no server can be used there, or None where one can."""
        return overruled() or server_kind(cls.server).why_not(server_address)

    def take_over(self, run: str) -> None:
        """Have `start` start a worker for the queue that is there.

        Raises:
            UsageError: the workers are not ours.
        """
        if self.options.external:
            raise UsageError("what workers of somebody else have not done is theirs: nobody needs to take it over")
        self._earlier = run

    @classmethod
    def unfit(cls, options: Any, workload: Workload) -> str | None:
        """Refuse files where external workers run."""
        if workload.on_this_machine and options.external:
            return f"{cls.name}: external workers do not see this machine's files; take another workload (-W noop)"
        return None

    @classmethod
    def unstoppable(cls, options: Any) -> str | None:
        """Refuse external workers."""
        return "its workers are external, and somebody else's" if options.external else None

    def start(self, workload: Workload, workers: int) -> None:
        """Find the server or start it, start the worker or look for one, connect."""
        self._reference = workload.reference
        external, kind = self.options.external, server_kind(self.server)
        if external and kind.named_url(self.server_address) is None:
            raise StartError(f"workers=external needs a server that they know, too: set {kind.variable}")
        self.at = find(self.server, self.server_address, self.safety, self.purpose)
        self._facts = self._facts or kind.inspect(self.at.url)
        earlier, self._earlier = self._earlier, ""
        self.run = EXTERNAL if external else earlier or new_run()
        self.names = Names(self.run, self.safety)
        self.limit = largest(self.server, self.at.url)
        if not external:
            self._began = True
            if not self.at.private:
                leftovers.note(self.run, self.server, self.at.url, (*self.names.queues, *self.names.exchanges))
            self._workers = CeleryWorkers(
                self.name,
                self.server,
                self.at.url,
                self.safety,
                self.run,
                workload.reference,
                workers,
                self.options.prefetch,
                self.visibility,
                tuned=self.options.tuned == "yes",
            )
        self._producer = CeleryProducer(self.server, self.at.url, self.safety, self.run, heir=bool(earlier))
        if self._workers is not None:
            self._workers.wait_until_ready()
            return
        control = CeleryControl(self._producer.line, self.names.tasks, workload.reference)
        self._theirs = theirs = ExternalWorkers(control)
        if not theirs.borrow():
            raise StartError(
                f"no Celery worker answers at safety level {self.safety}; start one: {kind.variable}=... "
                f"CROSSOVER_SAFETY={self.safety} celery -A brokers.celery.app worker"
            )
        theirs.become(workers)
        self._told = str(theirs)

    def submit(self, batch: Batch) -> Receipt:
        """Send a task of Celery's. Accepted: the server was given it; at the safe level it has confirmed that."""
        assert self._producer is not None
        messages, failed = pack(batch, self._reference, self.limit)
        for first, size, message in messages:
            self._producer.send(message, first, size, self._reference)
        return Receipt(failed) if failed else ACCEPTED

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes]:
        """Take results as they arrive; ask external workers, now and then, whether they are still there."""
        assert self._producer is not None
        found = self._producer.receive(limit, timeout)
        if self._theirs is not None:
            self._theirs.look(came=bool(found))
        return [result.outcomes for result in found]

    def absent(self) -> Sequence[str]:
        """Return which external workers do not answer any more, or were started again."""
        return self._theirs.dead if self._theirs else ()

    def brokers(self) -> Mapping[str, str]:
        """Return the server's version and settings, and what external workers say about themselves."""
        found = {self.server: self._facts, "celery workers": self._told}
        return {name: facts for name, facts in found.items() if facts}

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the worker's processes, the main one last, and the broker, each where it is ours."""
        found = {"workers": self._workers.pids} if self._workers else {}
        if self._producer is not None and self.at.private:
            found["broker"] = list(self.at.pids)
        return found

    def stop(self) -> None:
        """End the worker, and remove everything of the run from the broker."""
        workers, self._workers = self._workers, None
        if workers is not None:
            workers.stop()
        theirs, self._theirs = self._theirs, None
        producer, self._producer = self._producer, None
        if producer is not None:
            if theirs is not None:
                producer.revoke()  # who is busy cannot be put back
                complaint = theirs.put_back(lambda: CeleryConnection(self.server, self.at.url, self.safety, self.run))
                self.notes = [complaint] if complaint else []
            producer.close()
        if self._began:
            self._began = False
            if remove(self.server, self.at.url, self.names):
                leftovers.forget(self.run)
