"""A `crossover worker` that is lent to a run: its processes have the worker loop, as own workers of a run do."""

from __future__ import annotations

import os
import platform
import random
import threading
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from functools import partial
from typing import Any, NamedTuple

from brokers.broker_transport import BrokerTransport
from brokers.external import allowlist
from brokers.external.code_version import code_version
from brokers.external.control import boot_id
from brokers.external.crossover_workers import open_listener
from brokers.external.orders import Listener, Order, Run, decode_order, encode_answer
from brokers.external.reservation import RESERVED_FOR, Reservation
from crossover.contract.errors import CrossoverError, StartError, UsageError
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.system import Clock
from crossover.contract.text import counted
from crossover.jobs.remote.signing import VARIABLE
from crossover.jobs.service.events import Events
from crossover.workers.fleet import Fleet, context_for
from crossover.workers.limits import cpu, memory

START_METHOD = "forkserver"  # this process has threads
LOOK_EVERY = 0.5  # seconds until it is noticed that a reservation is over
PAUSE = 0.5, 2.0  # seconds before it connects again: any time between them
NOOP = "workloads.noop:run"  # of each comparison, what a transport costs; it does nothing, so it may always run
WITH_CALLS = "an executor, whose calls it is doing"
BYTES_EACH = 32 * 2**20  # that a process needs to itself


class Served(NamedTuple):
    """What a worker serves.

    Attributes:
        transport: by name.
        server: kind of server.
        url: of the server.
        queue: of calls.
    """

    transport: str
    server: str
    url: str
    queue: str


class Lender:
    """Answers orders; to be used by one thread.

    Args:
        worker: its name.
        url: of the server, where runs are, too.
        allow: what may run, as in brokers/external/allowlist.py.
        usual: processes that it has for calls.
        is_busy: returns whether it has calls of executors.
        events: what the worker says.
        refuses: why it serves no comparison; empty: it does.
    """

    def __init__(
        self,
        worker: str,
        url: str,
        allow: Sequence[str],
        usual: int,
        is_busy: Callable[[], bool],
        events: Events,
        refuses: str = "",
    ) -> None:
        self._worker, self._url, self._usual = worker, url, usual
        self._allow = (*allow, NOOP)
        self._is_busy, self._events, self._refuses = is_busy, events, refuses
        self._reservation = Reservation()
        self._instance = uuid.uuid4().hex
        self._fleet: Fleet | None = None
        self._kept_until = 0.0
        self._serves: tuple[Run | None, int] = None, 0
        self._problem = ""

    @property
    def lent(self) -> bool:
        """Whether a producer has it, or had it a moment ago; other threads may ask."""
        return bool(self._reservation.producer) or Clock.monotonic() < self._kept_until

    def answer(self, message: bytes) -> tuple[str, bytes] | None:
        """Carry out an order; return where the answer goes, and the answer; None for what is no order."""
        order = decode_order(message)
        if order is None:
            return None
        if self._refuses:
            order.seconds = 0.0
        has_calls = order.seconds and not self.lent and self._is_busy()
        lent = WITH_CALLS if has_calls else self._reservation.reserve(order.producer, order.seconds)
        if lent == order.producer and (share := order.shares.get(self._worker)) is not None:
            self._serve(order.run, share)
        self.look()
        return order.reply_to, encode_answer(order.number, self._worker, self._status(order, lent))

    def look(self) -> None:
        """End the processes of a run whose producer has released the worker, or has not been heard of for long."""
        if not self._reservation.producer:
            self.stop()

    def stop(self) -> None:
        """End the processes of a run."""
        fleet, self._fleet = self._fleet, None
        self._serves, self._problem = (None, 0), ""
        if fleet is not None:
            fleet.stop()
            self._kept_until = Clock.monotonic() + RESERVED_FOR  # the comparison may go on with another run
            self._events.tell("returned", "the comparison has given it back")

    def _serve(self, run: Run | None, processes: int) -> None:
        """Have a number of processes for a run; return at once."""
        if self._serves == (run, processes):
            return
        self.stop()
        self._serves = run, processes
        if run is None or not processes or not allowlist.permits(self._allow, run.reference):
            return
        try:
            transport: Any = parse(run.transport).create(Safety(run.safety))
        except (UsageError, ValueError) as error:
            self._problem = str(error)
            return
        if not isinstance(transport, BrokerTransport):
            self._problem = f"{run.transport} has no workers elsewhere"
            return
        check = partial(allowlist.function, self._allow, run.reference)
        self._fleet = Fleet(context_for(START_METHOD), run.reference, check)
        for _ in range(processes):
            self._fleet.add(transport.inbox(self._url, run.run, run.reference))
        producer, who = self._reservation.producer, counted(processes, "process runs", "processes run")
        sentence = f"lent to the comparison of {producer}: {who} {run.reference}, and no calls are taken"
        self._events.tell("lent", sentence, producer=producer, function=run.reference, processes=processes)

    def _status(self, order: Order, lent: str) -> dict[str, Any]:
        fleet, ready = self._fleet, 0
        if fleet is not None:
            try:
                ready = fleet.count_ready()
            except StartError as error:
                self._problem = str(error)
        limit = memory.memory_limit()
        return {
            "version": code_version(),
            "python": platform.python_version(),
            "permitted": allowlist.permits(self._allow, order.reference),
            "lent": lent,
            "since": self._instance,
            "boot": boot_id(),
            "cores": cpu.cpu_quota() or cpu.cores(),
            "usual": self._usual,
            "processes": ready,
            "room": None if limit is None else memory.free_memory() // BYTES_EACH,
            "refuses": self._refuses,
            "problem": self._problem,
            "deaths": [f"process {pid} {how}" for pid, how in (fleet.exits() if fleet else {}).items()],
        }


class Loans:
    """Listens for orders, as long as the worker runs; connects again when the connection is lost.

    Attributes:
        lent: whether a producer has the worker.

    Args:
        listen: connects to the server.
        lender: answers orders.
    """

    def __init__(self, listen: Callable[[], Listener], lender: Lender) -> None:
        self._listen, self._lender = listen, lender

    @property
    def lent(self) -> bool:
        """Whether a producer has the worker."""
        return self._lender.lent

    def serve(self, ended: threading.Event) -> None:
        """Answer orders until an event is set."""
        try:
            while not ended.is_set():
                with suppress(CrossoverError), closing(self._listen()) as listener:
                    while not ended.is_set():
                        self._answer(listener)
                self._lender.look()
                ended.wait(random.uniform(*PAUSE))  # noqa: S311 - no secret
        finally:
            self._lender.stop()

    def _answer(self, listener: Listener) -> None:
        message = listener.receive(LOOK_EVERY)
        if message is not None and (answer := self._lender.answer(message)) is not None:
            listener.reply(*answer)
        self._lender.look()


def lend(served: Served, allow: Sequence[str], usual: int, events: Events, is_busy: Callable[[], bool]) -> Loans:
    """Return what lends this process's worker to comparisons.

    Args:
        served: what it serves.
        allow: what may run.
        usual: processes that it has for calls.
        events: what it says.
        is_busy: returns whether it has calls of executors.
    """
    name = f"{served.transport}-{os.getpid()}@{platform.node()}"
    refuses = f"has a {VARIABLE}, and measured tasks are not signed" if os.environ.get(VARIABLE) else ""
    listen = partial(open_listener, served.server, served.url, served.queue)
    return Loans(listen, Lender(name, served.url, allow, usual, is_busy, events, refuses))
