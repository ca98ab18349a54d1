"""The worker's side of both Redis transports: one round trip sends what is done and takes what is next."""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

import redis
from redis.exceptions import NoPermissionError

from brokers.broker_transport import FLUSH_AT, FLUSH_EVERY
from brokers.messages import Refused, pack_outcomes, refusal_outcomes, unpack
from brokers.poison import GIVEN_UP_REASON, PoisonCandidate, failed_outcomes, not_kept
from brokers.redis.connection.client import LARGEST_MESSAGE, translate_errors
from brokers.redis.connection.connection import Commands, RedisConnection, raise_first_error
from brokers.redis.dead_letters import dead_letter
from brokers.redis.keys import Keys, runs_here
from crossover.contract.inbox import Inbox
from crossover.contract.system import Clock, getpid
from crossover.contract.tasks import Batch, Done, Outcomes, Task

LOOK_EVERY = 1.0  # seconds between two looks for messages of dead workers
MOST_RECOVERIES = 10  # of a connection that is lost again before the server has answered


class AdaptivePrefetch:
    """How many messages a worker takes at once: what it does in a millisecond, so that a slow task delays no others.

    Attributes:
        count: how many to take next.

    Args:
        most: upper limit of `count`.
    """

    def __init__(self, most: int) -> None:
        self.count = 1
        self._most = most

    def update(self, nanoseconds: int) -> None:
        """Adapt the count to how long the last messages took."""
        if nanoseconds < FLUSH_EVERY // 2:
            self.count = min(self._most, self.count * 2)
        elif nanoseconds > FLUSH_EVERY:
            self.count = max(1, self.count * FLUSH_EVERY // nanoseconds)


class RedisInbox(Inbox):
    """Takes messages, and sends outcomes and acknowledgements, many in one round trip.

    Outcomes are sent after a millisecond at the latest.

    Attributes:
        keys: of the run.
        name: of this worker and its process, also that of its connection.
        tasks: the key of the list or stream of tasks.
        held: tags of the messages that are taken and not done, in order; a tag is what acknowledges a message.

    Args:
        url: of the server.
        keys: of the run.
        reference: the one function that this worker runs.
        prefetch: messages taken at once, at most.
    """

    acknowledges = False  # whether taking a message leaves it in Redis until it is acknowledged
    _recoveries = 0  # since the last answer

    def __init__(self, url: str, keys: Keys, reference: str, prefetch: int) -> None:
        self._url = url
        self.keys = keys
        self._reference = reference
        self._most = prefetch

    def open(self) -> None:
        """Connect."""
        self.name = self.keys.new_worker()
        self.tasks = self.keys.tasks.encode()
        self._outcomes_key = self.keys.outcomes.encode()
        self._connection = RedisConnection(self._url, self.name)
        self._prefetch = AdaptivePrefetch(self._most)
        self.held: deque[Any] = deque()
        self._done: list[Any] = []
        self._outcomes: list[bytes] = []
        self._took_at = self._sent_at = Clock.monotonic_ns()
        self._looked_at = 0.0
        with translate_errors(self._url):
            self.prepare()

    @property
    def client(self) -> redis.Redis:
        """redis-py's client, for what happens rarely."""
        return self._connection.client

    def prepare(self) -> None:
        """Do what must be done before the first message."""

    @abstractmethod
    def add_take(self, commands: Commands, count: int) -> None:
        """Add the commands that wait for a message and take up to `count`."""

    @abstractmethod
    def taken(self, replies: Sequence[Any]) -> list[tuple[Any, bytes]]:
        """Return what those commands have taken: (what acknowledges it, message)."""

    def add_acknowledge(self, commands: Commands, done: Sequence[Any]) -> None:
        """Add the commands that acknowledge messages."""

    def take_candidate(self) -> PoisonCandidate | None:
        """Take one message of a dead worker; called about once a second, and again as long as there is one."""
        return None

    def recover(self) -> list[tuple[Any, bytes]] | None:
        """Find out what has become of what was sent before the connection was lost, over a new one.

        Returns:
            Messages that were taken, and whose reply was lost; None where it cannot be found out.
        """
        return None

    def receive(self) -> Sequence[Batch]:
        """Send what is done, and wait for more."""
        if self._took_at:
            self._prefetch.update(Clock.monotonic_ns() - self._took_at)
        while True:
            with translate_errors(self._url):
                found = self._recovering(lambda: self._candidate() or self._round_trip(take=True))
            self._took_at = Clock.monotonic_ns() if found else 0
            if batches := [batch for tag, message in found if (batch := self._read(tag, message))]:
                return batches

    def reply(self, outcomes: Outcomes | Done) -> None:
        """Keep outcomes until they are sent with others."""
        assert isinstance(outcomes, Outcomes)
        self._outcomes += pack_outcomes(outcomes, LARGEST_MESSAGE)
        self._finished = outcomes.finished

    def acknowledge(self, batch: Batch | Task) -> None:
        """Take note that a batch is done; send everything if the last time was a millisecond ago."""
        self._done.append(self.held.popleft())
        if self._finished - self._sent_at > FLUSH_EVERY or len(self._outcomes) >= FLUSH_AT:
            with translate_errors(self._url):
                while self._done:  # again where the connection was lost before they reached the server
                    self._recovering(lambda: self._round_trip(take=False))

    def dead(self, workers: set[str]) -> set[str]:
        """Return which workers are dead: they have no connection, which busy ones may lose, and no process here."""
        try:
            clients: Any = self.client.client_list()
        except NoPermissionError:
            clients = []
        connected = {client["name"] for client in clients}
        return {worker for worker in workers - connected if not runs_here(worker)}

    def _recovering(self, exchange: Callable[[], list[tuple[Any, bytes]]]) -> list[tuple[Any, bytes]]:
        """Exchange messages; where the connection is lost meanwhile, connect again and go on unless in doubt."""
        try:
            return exchange()
        except redis.ConnectionError:
            while self._recoveries < MOST_RECOVERIES:
                self._recoveries += 1
                with suppress(redis.ConnectionError):  # it was lost again
                    if (found := self.recover()) is None:
                        break
                    return found
            raise

    def forget_sent(self, ours: Iterable[Any]) -> set[Any]:
        """Forget what is done if its acknowledgement has reached the server, which it did together with the outcomes.

        Args:
            ours: tags of the messages that the server says this worker has.

        Returns:
            The tags of those that this worker does not know: the reply that brought them was lost.
        """
        ours = set(ours)
        if not ours.intersection(self._done):
            self._outcomes.clear()
            self._done.clear()
        return ours.difference(self.held, self._done)

    def _candidate(self) -> list[tuple[Any, bytes]]:
        """Return one poison candidate to run alone, if there is any; give up those of which too many workers died."""
        if Clock.monotonic() - self._looked_at < LOOK_EVERY:
            return []
        while candidate := self.take_candidate():
            self._round_trip(take=False)
            if not candidate.given_up:
                return [(candidate.tag, candidate.message)]
            if batch := self._read(candidate.tag, candidate.message):
                self.reply(failed_outcomes(batch, self._dead_letter(GIVEN_UP_REASON, candidate.message)))
                self.acknowledge(batch)
        self._looked_at = Clock.monotonic()
        return []

    def _round_trip(self, *, take: bool) -> list[tuple[Any, bytes]]:
        commands = Commands()
        together = bool(self._done) and self.acknowledges
        if together:  # both or none: if Redis refuses an outcome, it is not acknowledged
            commands.add(b"MULTI")
            commands.add(b"RPUSH", self._outcomes_key, items=self._outcomes)
            self.add_acknowledge(commands, self._done)
            commands.add(b"EXEC")
        elif self._outcomes:
            commands.add(b"RPUSH", self._outcomes_key, items=self._outcomes)
        before = len(commands)
        if take:
            self.add_take(commands, self._prefetch.count)
        elif not before:
            return []
        replies = self._connection.exchange(commands)
        raise_first_error(replies)
        if together:
            raise_first_error(replies[before - 1])  # what EXEC replies for each command
        self._recoveries = 0
        self._outcomes.clear()
        self._done.clear()
        self._sent_at = Clock.monotonic_ns()
        return self.taken(replies[before:]) if take else []

    def _read(self, tag: Any, message: bytes) -> Batch | None:
        """Return the batch in a message; a refused one is kept aside, or not acknowledged, and the producer is told."""
        try:
            batch = unpack(message, self._reference)
        except Refused as refused:
            problem = self._dead_letter(str(refused), message)
            outcomes = refusal_outcomes(f"a message was refused: {not_kept(str(refused), problem)}", getpid())
            self._outcomes += pack_outcomes(outcomes, LARGEST_MESSAGE)
            if problem is None:
                self._done.append(tag)
            return None
        self.held.append(tag)
        return batch

    def _dead_letter(self, reason: str, message: bytes) -> str | None:
        with translate_errors(self._url):
            return dead_letter(self.client, reason, self.keys.prefix, message)
