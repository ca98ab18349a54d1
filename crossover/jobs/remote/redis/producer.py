"""The producer's side of both queues in Redis: outcomes in a list of this executor, and calls that nobody answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any
from uuid import uuid4

from brokers.external.options import QUEUE
from brokers.redis.connection.client import LARGEST_MESSAGE, translate_errors
from crossover.contract.errors import BrokenError
from crossover.contract.safety import Safety
from crossover.contract.system import Clock
from crossover.jobs.errors import BrokerLostError, CallRefusedError
from crossover.jobs.remote.job_queue import Lost, Sending, refuse_too_large
from crossover.jobs.remote.lease import LEASE
from crossover.jobs.remote.redis.keys import KEPT_FOR, MOST_BLOCKED, Keys, LibraryClient, decode_reply

LOOK_EVERY = 2.0  # seconds between two looks for calls that nobody answers
LOOK_AT = 1_000  # calls at a time
MARK_EVERY = 60.0  # seconds after which the key of this executor gets its full time again
MOST_REPLIES = 1_000
RECEIVE = """
redis.call('DEL', KEYS[2])
if redis.call('LLEN', KEYS[1]) <= tonumber(ARGV[1]) then
  redis.pcall('RENAME', KEYS[1], KEYS[2])
else
  for _ = 1, ARGV[1] do redis.call('LMOVE', KEYS[1], KEYS[2], 'LEFT', 'RIGHT') end
end
redis.call('EXPIRE', KEYS[2], ARGV[2])
return redis.call('LRANGE', KEYS[2], 0, -1)
"""
"""Keys: replies, received; arguments: count, seconds. What was received last is removed, and what is next takes its
place: where the reply to this is lost, it is still there."""


class RedisJobQueue(ABC):
    """The producer's side.

    Attributes:
        reply_to: the name of the queue of its outcomes.
        keys: of the queue.
        sent: number → what the server knows a call by, for those without an outcome; None: it is being sent.
        lease: seconds without a beat, after which a worker is taken for dead.
        on_death: what becomes of the call of a dead worker: retry or lose.

    Args:
        url: of the server.
        name: of the queue.
        safety: at the safe level a call is repeated whose worker died; at the others it is lost.
        lease: seconds without a beat, after which a worker is taken for dead, until workers say theirs; 0: LEASE.
        own_workers: have no meaning here: they are like others.

    Raises:
        BrokenError: the server cannot be reached.
    """

    def __init__(
        self, url: str, name: str = QUEUE, safety: Safety = Safety.DEFAULT, *, lease: float = 0.0, own_workers: int = 0
    ) -> None:
        self.reply_to = uuid4().hex
        self.keys = Keys(name)
        self.lease = lease or LEASE
        self.on_death = "retry" if safety is Safety.SAFE else "lose"
        self.sent: dict[str, Any] = {}
        self._url = url
        self._client = LibraryClient(url)
        self._lost: list[Lost] = []
        self._unsure = False  # whether outcomes may have been received that are not known here
        self._next = 0  # of the calls in `sent`, the first to look at
        self._looked_at = self._marked_at = -MARK_EVERY
        with self.connected():
            pass

    @property
    def names(self) -> list[str]:
        """What all keys of this queue begin with."""
        return [self.keys.prefix]

    @property
    def own_keys(self) -> list[str]:
        """The keys of the calls, of the outcomes, of this executor, and of the outcomes that it has received last."""
        to, made = self.reply_to, self.keys
        return [made.calls, made.replies(to), made.executor(to), made.received(to)]

    def send(self, call: bytes, number: str) -> None:
        """Give a call to the server.

        Raises:
            BrokenError: the server cannot be reached, or refuses it; where its reply was lost, it may have the call.
        """
        self.send_many([Sending(call, number)])

    def send_many(self, calls: Sequence[Sending]) -> int:
        """Give calls to the server, all with one command.

        Raises:
            BrokenError: the server cannot be reached, or refuses; where its reply was lost, it may have them.
            ValueError: one is larger than Redis accepts.
        """
        refuse_too_large(calls, LARGEST_MESSAGE, "Redis")
        self.sent.update({one.number: None for one in calls})  # an outcome may be here before the reply to this
        try:
            with self.connected() as client:
                tags = self.send_calls(client, calls)
        except BrokenError:
            for one in calls:
                self.sent.pop(one.number, None)
            raise
        for one, tag in zip(calls, tags, strict=True):
            if one.number in self.sent:
                self.sent[one.number] = tag
        return len(calls)

    @property
    def why_dead(self) -> str:
        """Why there will be no outcome: its worker."""
        return f"the worker that had taken it has not been heard of for {self.lease:g} s"

    @property
    def why_gone(self) -> str:
        """Why there will be no outcome: it is not known to the server."""
        return "the server has it no longer: its worker died, or the server has lost it"

    @abstractmethod
    def send_calls(self, client: LibraryClient, calls: Sequence[Sending]) -> list[Any]:
        """Send calls with one command; return what the server knows each by."""

    @abstractmethod
    def withdraw_calls(self, client: LibraryClient, tags: Sequence[Any]) -> list[Any]:
        """Take back those calls that no worker has taken, and return them."""

    @abstractmethod
    def find_lost(self, client: LibraryClient, sent: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """Find those calls that nobody will answer: number and reason."""

    @abstractmethod
    def discard(self, client: LibraryClient, sent: dict[str, Any]) -> None:
        """Remove calls, also those that workers have: nobody waits for them any more."""

    @abstractmethod
    def count_workers(self, client: LibraryClient) -> int:
        """Return how many workers have been heard of within the lease."""

    @abstractmethod
    def remove_keys(self, client: LibraryClient) -> None:
        """Remove what this executor has created besides its calls."""

    def withdraw(self, number: str) -> bool:
        """Take back a call that no worker has taken; return whether it was taken back."""
        tag = self.sent.get(number)
        with self.connected() as client:
            if not tag or not self.withdraw_calls(client, [tag]):
                return False
        self.sent.pop(number, None)
        return True

    def receive(self, timeout: float) -> list[bytes]:
        """Return outcomes, which stay on the server until the next time; look for calls that nobody will answer."""
        _, replies, _, received = self.own_keys
        with self.connected() as client:
            if self._unsure:  # the reply to the last command may have been lost, with outcomes in it
                found: Any = client.redis.lrange(received, 0, -1)
                self._unsure = False
            else:
                self._unsure = True
                found = client.run(RECEIVE, [replies, received], MOST_REPLIES, KEPT_FOR)
                if not found and timeout > 0:
                    found = self._wait(client, max(0.01, min(timeout, MOST_BLOCKED)))
                self._unsure = False
            if not found and self.sent and Clock.monotonic() - self._looked_at > min(LOOK_EVERY, self.lease):
                self._look(client)
        return list(self._read(found))

    def _wait(self, client: LibraryClient, seconds: float) -> list[Any]:
        """BLMOVE the first outcome to those that are received."""
        _, replies, _, received = self.own_keys
        with client.redis.pipeline(transaction=False) as pipeline:
            pipeline.blmove(replies, received, seconds)  # type: ignore[arg-type]  # whole seconds, says its signature
            pipeline.expire(received, KEPT_FOR)
            first, _ = pipeline.execute()
        return [first] if first else []

    def workers(self) -> int:
        """Return how many workers have been heard of within the lease."""
        with self.connected() as client:
            return self.count_workers(client)

    def lost(self) -> list[Lost]:
        """Return the calls that nobody will answer, each once; `receive` finds them."""
        lost, self._lost = self._lost, []
        return lost

    def close(self, *, with_calls: bool = False) -> None:
        """Remove what this executor has created on the server, and disconnect."""
        with suppress(BrokenError), self.connected() as client:
            sent = [(number, tag) for number, tag in self.sent.copy().items() if tag]
            for begin in range(0, len(sent), LOOK_AT):
                self.discard(client, dict(sent[begin : begin + LOOK_AT]))
            self.remove_keys(client)
            if with_calls:
                client.redis.delete(*self.keys.of_queue)
        self._client.redis.close()

    @contextmanager
    def connected(self) -> Iterator[LibraryClient]:
        """Use the client; after an error, the key of this executor is set again first.

        Raises:
            BrokenError: the server cannot be reached, or refuses.
        """
        try:
            with translate_errors(self._url):
                if Clock.monotonic() - self._marked_at >= MARK_EVERY:
                    self._client.redis.set(self.keys.executor(self.reply_to), self.on_death, ex=KEPT_FOR)
                    self._marked_at = Clock.monotonic()
                yield self._client
        except BrokenError:
            self._marked_at = -MARK_EVERY
            raise

    def _look(self, client: LibraryClient) -> None:
        """Look at some of the calls that have no outcome, in turn."""
        self._looked_at = Clock.monotonic()
        if said := client.redis.get(self.keys.lease):
            self.lease = int(said) / 1_000
        sent = self.sent.copy()
        self._next = self._next if self._next < len(sent) else 0
        some = {number: entry for number, entry in islice(sent.items(), self._next, self._next + LOOK_AT) if entry}
        self._next += LOOK_AT
        for number, reason in self.find_lost(client, some) if some else ():
            self._marked_at = -MARK_EVERY  # a server that has lost calls may have lost this, too
            if self.sent.pop(number, None) is not None:
                self._lost.append(Lost(number, reason))

    def _read(self, messages: list[bytes]) -> Iterator[bytes]:
        for message in messages:
            reply = decode_reply(message)
            if reply is None or reply.number not in self.sent:
                continue  # of another client, or withdrawn or lost before
            if reply.is_last:
                self.sent.pop(reply.number, None)
            if reply.outcome is not None:
                yield reply.outcome
            else:
                error = CallRefusedError if reply.refused else BrokerLostError
                self._lost.append(Lost(reply.number, reply.reason, error))
