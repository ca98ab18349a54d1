"""Pickles batches and outcomes, and reports an error for each task that cannot be pickled.

`multiprocessing` pickles in the background: what `Queue.put` cannot pickle is lost, and what `Pool` cannot unpickle
ends one of its threads, so that it hangs. Therefore we pickle first, and give bytes to the transport.

    producer  pack ─► bytes ─► unpack  worker  pack_outcomes ─► bytes ─► unpack_outcomes  producer

A transport that pickles everything, even bytes, uses `wrap` and `unwrap`, so that most messages are pickled only once.
A task that travels alone is a pair, `Task`, and most often comes back as one, `Done`: `pack_task`, `wrap_task`.
"""

from __future__ import annotations

import pickle
import pickletools
from collections.abc import Callable, Mapping, Sequence
from types import NoneType
from typing import Any

from crossover.contract.inbox import Inbox
from crossover.contract.system import Clock, getpid
from crossover.contract.tasks import ALL_ACCEPTED, Batch, Done, Outcomes, Receipt, Submission, Task, as_outcomes
from crossover.contract.text import describe, no_value_hint

PROTOCOL = 5
_as = tuple.__new__  # messages are plain tuples: for a named one, pickle would look up its class every time
Message = bytes | tuple[Any, ...]
SHORT = 2  # length of `Task` and `Done`
PLAIN = frozenset({NoneType, bool, int, float, str, bytes})  # what can always be pickled
END_OF_PAIR = pickle.TUPLE2 + pickle.MEMOIZE + pickle.STOP  # how a pickled `Task` or `Done` ends
INTEGERS = {"BININT", "BININT1", "BININT2", "LONG1"}  # how pickle writes a number


def pack(batch: Batch) -> tuple[Sequence[bytes], Submission]:
    """Return the messages that carry a batch (one, unless a payload cannot be pickled), and what became of it."""
    try:
        return (pickle.dumps(batch[:], PROTOCOL),), ALL_ACCEPTED
    except (Exception, SystemExit):
        failed = _unpicklable(batch.payloads)
    messages = []
    begin = 0
    for position in [*failed, batch.size]:  # what is between two failures is sent
        if between := batch.payloads[begin:position]:
            messages.append(pickle.dumps((batch.first + begin, len(between), between), PROTOCOL))
        begin = position + 1
    return messages, Submission(Receipt.ACCEPTED, failed)


def pack_task(task: int, payload: Any) -> tuple[bytes | None, Submission]:
    """Return the message that carries a task alone, or None, and what became of it."""
    try:
        return pickle.dumps((task, payload), PROTOCOL), ALL_ACCEPTED
    except (Exception, SystemExit) as error:
        return None, Submission(Receipt.ACCEPTED, {0: _why_unpicklable(payload, error)})


def unpack(message: bytes) -> Batch | Task | Outcomes:
    """Return the batch or task in a message, or outcomes with the reason why it cannot be unpickled."""
    try:
        found = pickle.loads(message)
    except (Exception, SystemExit) as error:
        return _unreadable(message, error)
    return found if len(found) == SHORT else _as(Batch, found)


def pack_outcomes(outcomes: Outcomes | Done) -> bytes:
    """Return the message that carries outcomes; a value that cannot be pickled becomes an error of its task."""
    try:
        return pickle.dumps(outcomes[:], PROTOCOL)
    except (Exception, SystemExit):
        outcomes = as_outcomes(outcomes)
        failed = _unpicklable(outcomes.values)
        values = [None if position in failed else value for position, value in enumerate(outcomes.values)]
        return pickle.dumps(outcomes._replace(values=values, errors={**outcomes.errors, **failed})[:], PROTOCOL)


def unpack_outcomes(message: bytes) -> Outcomes | Done:
    """Return the outcomes in a message; if it cannot be unpickled, each of its tasks has failed."""
    try:
        found = pickle.loads(message)
    except (Exception, SystemExit) as error:
        return _unreadable(message, error)
    return found if len(found) == SHORT else _as(Outcomes, found)


def wrap(batch: Batch) -> tuple[Sequence[Message], Submission]:
    """Like `pack`, for a transport that pickles messages: it gets what can always be pickled as it is."""
    if _plain(batch.payloads):
        return (batch[:],), ALL_ACCEPTED
    return pack(batch)


def wrap_task(task: int, payload: Any) -> tuple[Message | None, Submission]:
    """Like `pack_task`, for a transport that pickles messages."""
    return ((task, payload), ALL_ACCEPTED) if type(payload) in PLAIN else pack_task(task, payload)


def unwrap(message: Message) -> Batch | Task | Outcomes:
    """Return the batch or task in a message of `wrap`, or outcomes with the reason why it cannot be unpickled."""
    if isinstance(message, bytes):
        return unpack(message)
    return message if len(message) == SHORT else _as(Batch, message)


def wrap_outcomes(outcomes: Outcomes | Done) -> Message:
    """Like `pack_outcomes`, for a transport that pickles messages."""
    if type(outcomes) is not Outcomes:
        return outcomes if type(outcomes[1]) in PLAIN else pack_outcomes(outcomes)
    return outcomes[:] if _plain(outcomes.values) else pack_outcomes(outcomes)


def unwrap_outcomes(message: Message) -> Outcomes | Done:
    """Return the outcomes in a message of `wrap_outcomes`."""
    if isinstance(message, bytes):
        return unpack_outcomes(message)
    return message if len(message) == SHORT else _as(Outcomes, message)


class PickledInbox(Inbox):
    """An inbox of a transport that carries the messages of this module.

    Attributes:
        get: waits for a message.
        put: sends a message to the producer.
        write: makes a message of outcomes: `pack_outcomes`, or `wrap_outcomes` if the transport pickles messages.
    """

    get: Callable[[], Message]
    put: Callable[[Any], None]
    write: Callable[[Outcomes | Done], Message]

    def serve(self, perform: Callable[[Batch | Task], Outcomes | Done]) -> None:
        """Answer each message; nothing is acknowledged."""
        get, put, write = self.get, self.put, self.write
        while True:
            try:
                message = get()
            except EOFError:
                return
            if type(message) is not tuple or len(message) != SHORT:
                message = unwrap(message)
            put(write(message if type(message) is Outcomes else perform(message)))

    def receive(self) -> Sequence[Batch | Task]:
        """Wait for a batch; reply to one that cannot be unpickled; return nothing when the pipe is closed."""
        while True:
            try:
                message = self.get()
            except EOFError:
                return ()
            found = unwrap(message)
            if not isinstance(found, Outcomes):
                return (found,)
            self.reply(found)

    def reply(self, outcomes: Outcomes | Done) -> None:
        """Send outcomes to the producer."""
        self.put(self.write(outcomes))


def _plain(things: Sequence[Any]) -> bool:
    return type(things[0]) in PLAIN if len(things) == 1 else PLAIN.issuperset(map(type, things))


def _unpicklable(things: Sequence[Any]) -> Mapping[int, str]:
    failed = {}
    for position, thing in enumerate(things):
        try:
            pickle.dumps(thing, PROTOCOL)
        except (Exception, SystemExit) as error:
            failed[position] = _why_unpicklable(thing, error)
    return failed


def _why_unpicklable(thing: Any, error: BaseException) -> str:
    return f"cannot be pickled: {describe(error)}{no_value_hint(thing)}"


def _unreadable(message: bytes, error: BaseException) -> Outcomes:
    """Fail every task of a message that cannot be unpickled; their numbers are at its beginning."""
    numbers = (int(argument or 0) for code, argument, _ in pickletools.genops(message) if code.name in INTEGERS)
    first = next(numbers)
    size = 1 if message[-len(END_OF_PAIR) :] == END_OF_PAIR else next(numbers)
    reason = f"cannot be unpickled: {describe(error)}"
    now = Clock.monotonic_ns()
    return Outcomes(first, size, [None] * size, dict.fromkeys(range(size), reason), getpid(), now, now)
