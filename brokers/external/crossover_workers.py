"""Each `crossover worker` that listens at a server, as a producer reaches it."""

from __future__ import annotations

import importlib
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from typing import Any

from brokers.external.code_version import code_version
from brokers.external.control import Control, Status
from brokers.external.options import QUEUE
from brokers.external.orders import Caller, Listener, Order, Run, decode_answer, encode_order
from brokers.external.reservation import RESERVED_FOR
from brokers.external.workers import ANSWER_WITHIN
from brokers.servers.registry import server_kind
from crossover.contract.errors import StartError
from crossover.contract.system import Clock
from crossover.contract.text import readable

CALLERS = {
    "redis": "brokers.redis.broadcast:RedisCaller",
    "rabbitmq": "brokers.rabbitmq.broadcast:RabbitmqCaller",
}
LISTENERS = {
    "redis": "brokers.redis.broadcast:RedisListener",
    "rabbitmq": "brokers.rabbitmq.broadcast:RabbitmqListener",
}
"""Kind of server → the class, made from its URL and a queue; imported on use, with its client library."""

POLL_EVERY = 0.05  # seconds, while processes start
STOPPED_WITHIN = 5.0  # seconds until the processes of a run have ended


def open_caller(server: str, url: str, queue: str) -> Caller:
    """Connect as a producer, to the workers of a queue.

    Raises:
        BrokenError: the server cannot be reached.
    """
    caller: Caller = _load(CALLERS[server])(url, queue)
    return caller


def open_listener(server: str, url: str, queue: str) -> Listener:
    """Connect as a worker of a queue.

    Raises:
        BrokenError: the server cannot be reached.
    """
    listener: Listener = _load(LISTENERS[server])(url, queue)
    return listener


class CrossoverWorkers(Control):
    """Sends orders to every `crossover worker` of a queue.

    Args:
        server: kind of server.
        url: of the server.
        queue: that they take calls from.
        run: that they are to serve.
    """

    def __init__(self, server: str, url: str, queue: str, run: Run) -> None:
        super().__init__(run.reference)
        self.version = code_version()
        self.to_allow = f"start it with --allow {_package(run.reference)}"
        self._server, self._url, self._queue = server, url, queue
        self._connect = partial(open_caller, server, url, queue)
        self._caller = self._connect()
        self._run = run

    def none_answers(self, transport: str) -> str:
        """Return what to do where there is no worker, in words.

        Args:
            transport: by name.
        """
        kind = server_kind(self._server)
        queue = "" if self._queue == QUEUE else f" --queue {self._queue}"
        return (
            f"no crossover worker answers at {kind.host_and_port(self._url)}, queue {self._queue}; start one: "
            f"{kind.variable}=... crossover worker {transport}{queue} --allow {_package(self.reference)}"
        )

    def reserve(self, within: float, most: int | None = None) -> dict[str, Status]:
        """Return worker name → status; each worker that is free is reserved for this producer from now on."""
        return self._ask(within, most, RESERVED_FOR)

    def release(self, within: float, most: int | None = None) -> None:
        """Release the workers, which answers when the processes of the run have ended."""
        self._ask(within if most is None else max(within, STOPPED_WITHIN), most, 0.0)

    def assign(self, shares: Mapping[str, int], found: Mapping[str, Status], within: float) -> dict[str, Status]:
        """Have each worker start processes for the run."""
        deadline = Clock.monotonic() + within
        while True:
            answers = self._ask(ANSWER_WITHIN, len(shares), RESERVED_FOR, dict(shares))
            reached = {name: status for name, status in answers.items() if name in shares}
            for name, status in reached.items():
                if problem := status.get("problem"):
                    raise StartError(f"the worker {readable(name)}: {readable(problem)}")
            late = [name for name, share in shares.items() if reached.get(name, {}).get("processes") != share]
            if not late:
                return reached
            if Clock.monotonic() > deadline:
                names = ", ".join(map(readable, late))
                raise StartError(f"external workers did not start their processes within {within:.0f} s: {names}")
            Clock.sleep(POLL_EVERY)

    def restore(self, found: Mapping[str, Status], within: float) -> None:
        """Do nothing: the processes of the run end when the worker is released."""

    @contextmanager
    def reconnected(self) -> Iterator[None]:
        """Use a new connection."""
        self.close()
        with closing(self._connect()) as self._caller:
            yield

    def close(self) -> None:
        """Disconnect."""
        self._caller.close()

    def _ask(
        self, within: float, most: int | None, seconds: float, shares: dict[str, int] | None = None
    ) -> dict[str, Status]:
        """Send an order, and return what each worker answers within a time in seconds."""
        number, caller = uuid.uuid4().hex, self._caller
        order = Order(number, caller.reply_to, self.producer, seconds, self.reference, shares or {}, self._run)
        deadline = Clock.monotonic() + within
        heard_by = caller.send(encode_order(order))
        found: dict[str, Status] = {}
        while (most is None or len(found) < most) and (heard_by is None or len(found) < heard_by):
            left = deadline - Clock.monotonic()
            message = caller.receive(left) if left > 0 else None
            if message is None:
                break
            if answer := decode_answer(message, number):
                found[answer[0]] = answer[1]
        return found


def _package(reference: str) -> str:
    """Return the package, or module, of a function."""
    return reference.partition(":")[0].partition(".")[0]


def _load(entry: str) -> Any:
    module, _, name = entry.partition(":")
    return getattr(importlib.import_module(module), name)
