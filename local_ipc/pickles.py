"""Batches and outcomes as bytes, with an error for each task that cannot be pickled.

`multiprocessing` pickles behind the back: what `Queue.put` cannot pickle vanishes, and what `Pool` cannot unpickle kills a
thread and hangs the pool. So we pickle ourselves, and hand bytes to the transport.

    producer  pack ──► bytes ──► unpack  worker
              unpack_outcomes ◄── bytes ◄── pack_outcomes
"""

from __future__ import annotations

import os
import pickle
import pickletools
import time
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from crossover.contract.inbox import Inbox
from crossover.contract.tasks import ACCEPTED, NO_ERRORS, Batch, Outcomes, Receipt
from crossover.workers.loop import describe

PROTOCOL = 5
INTEGERS = {"BININT", "BININT1", "BININT2", "LONG1"}  # how pickle writes a number


def pack(batch: Batch) -> tuple[Sequence[bytes], Receipt]:
    """Return the messages that carry a batch (one, unless a payload in it cannot be pickled), and the receipt."""
    first, payloads = batch
    try:
        return (pickle.dumps((first, len(payloads), payloads), PROTOCOL),), ACCEPTED
    except Exception:
        failed = _unpicklable(payloads)
    messages = []
    begin = 0
    for position in [*failed, len(payloads)]:  # what lies between two failures travels
        between = payloads[begin:position]
        if between:
            messages.append(pickle.dumps((first + begin, len(between), between), PROTOCOL))
        begin = position + 1
    return messages, Receipt(failed)


def unpack(message: bytes | memoryview) -> Batch | Outcomes:
    """Return the batch in a message, or the outcomes that say why it could not be unpickled."""
    try:
        first, _, payloads = pickle.loads(message)
        return Batch(first, payloads)
    except Exception as error:
        return _unreadable(message, error)


def pack_outcomes(outcomes: Outcomes) -> bytes:
    """Return the message that carries outcomes; a value that cannot be pickled becomes an error."""
    first, values, errors, worker, started, finished = outcomes
    try:
        return pickle.dumps((first, len(values), values, errors, worker, started, finished), PROTOCOL)
    except Exception:
        failed = _unpicklable(values)
        values = [None if position in failed else value for position, value in enumerate(values)]
        errors = {**errors, **failed}
        return pickle.dumps((first, len(values), values, errors, worker, started, finished), PROTOCOL)


def unpack_outcomes(message: bytes | memoryview) -> Outcomes:
    """Return the outcomes in a message; where it cannot be unpickled, each of its tasks has failed."""
    try:
        first, _, values, errors, worker, started, finished = pickle.loads(message)
        return Outcomes(first, values, errors, worker, started, finished)
    except Exception as error:
        return _unreadable(message, error)


class PickledInbox(Inbox):
    """An inbox whose transport carries bytes."""

    @abstractmethod
    def get(self) -> bytes | memoryview:
        """Wait for a message."""

    @abstractmethod
    def put(self, message: bytes) -> None:
        """Send a message to the producer."""

    def receive(self) -> Sequence[Batch]:
        """Wait for a batch; one that cannot be unpickled is answered here."""
        while True:
            found = unpack(self.get())
            if isinstance(found, Batch):
                return (found,)
            self.reply(found)

    def reply(self, outcomes: Outcomes) -> None:
        """Send outcomes to the producer."""
        self.put(pack_outcomes(outcomes))


def _unpicklable(things: Sequence[Any]) -> Mapping[int, str]:
    failed = {}
    for position, thing in enumerate(things):
        try:
            pickle.dumps(thing, PROTOCOL)
        except Exception as error:
            failed[position] = f"cannot be pickled: {describe(error)}"
    return failed


def _unreadable(message: bytes | memoryview, error: Exception) -> Outcomes:
    """Fail every task of a message that cannot be unpickled; which those are stands at its beginning."""
    numbers = (argument for code, argument, _ in pickletools.genops(bytes(message)) if code.name in INTEGERS)
    first, count = islice(numbers, 2)
    reason = f"cannot be unpickled: {describe(error)}"
    now = time.monotonic_ns()
    return Outcomes(first, [None] * count, dict.fromkeys(range(count), reason) or NO_ERRORS, os.getpid(), now, now)
