"""The worker's side of both Redis transports: one round trip sends what is done and takes what is next."""

from __future__ import annotations

import os
import time
from abc import abstractmethod
from collections import deque
from collections.abc import Sequence
from typing import Any

from redis.client import Pipeline

from brokers.broker_transport import FLUSH_AT, FLUSH_EVERY, Pace
from brokers.messages import Refused, pack_outcomes, unpack
from brokers.poison import REASON, PoisonCandidate, failed_outcomes
from brokers.redis.client import LARGEST_MESSAGE, broken, connect
from brokers.redis.dead_letters import dead_letter
from brokers.redis.keys import Keys
from crossover.contract.inbox import Inbox
from crossover.contract.tasks import Batch, Outcomes

WAIT = 1.0  # seconds that a worker waits for tasks until it looks after those of the dead


class RedisInbox(Inbox):
    """Takes messages, and sends outcomes and acknowledgements, many in one round trip.

    What is done is sent after a millisecond at the latest; how many messages are taken at once follows from how long
    the last ones took.

    Args:
        url: of the server.
        keys: of the run.
        reference: the one function that this worker runs.
        prefetch: messages taken at once, at most.
    """

    def __init__(self, url: str, keys: Keys, reference: str, prefetch: int) -> None:
        self._url = url
        self.keys = keys
        self._reference = reference
        self._prefetch = prefetch

    def open(self) -> None:
        """Connect."""
        self.name = f"{self.keys.prefix}worker-{os.getpid()}"
        self.client = connect(self._url, self.name)
        self._pipeline = self.client.pipeline(transaction=False)
        self.pace = Pace(self._prefetch)
        self.held: deque[Any] = deque()  # of what was taken and is not done
        self._done: list[Any] = []
        self._outcomes: list[bytes] = []
        self._took_at = self._sent_at = time.monotonic_ns()
        self._looked_after = 0.0
        with broken(self._url):
            self.enter()

    acknowledges = False

    def enter(self) -> None:
        """Make ready for the first message."""

    @abstractmethod
    def take(self, pipeline: Pipeline, count: int) -> None:
        """Put the commands into a pipeline that wait for a message and take up to `count`."""

    @abstractmethod
    def taken(self, answers: Sequence[Any]) -> list[tuple[Any, bytes]]:
        """Return what those commands have taken: (what acknowledges it, message)."""

    def settle(self, pipeline: Pipeline, done: Sequence[Any]) -> None:
        """Put the commands into a pipeline that acknowledge."""

    def look_after(self) -> PoisonCandidate | None:
        """Take one message of a worker that has died; called about once a second, and again as long as there is one."""
        return None

    def receive(self) -> Sequence[Batch]:
        """Send what is done, and wait for more."""
        if self._took_at:
            self.pace.took(time.monotonic_ns() - self._took_at)
        while True:
            with broken(self._url):
                found = self._left() or self._exchange(take=True)
            self._took_at = time.monotonic_ns() if found else 0
            if batches := [batch for name, message in found if (batch := self._read(name, message))]:
                return batches

    def reply(self, outcomes: Outcomes) -> None:
        """Keep outcomes until they are sent with others."""
        self._outcomes += pack_outcomes(outcomes, LARGEST_MESSAGE)
        self._finished = outcomes.finished

    def acknowledge(self, batch: Batch) -> None:
        """Take note that a batch is done; send everything when the last time was a millisecond ago."""
        self._done.append(self.held.popleft())
        if self._finished - self._sent_at > FLUSH_EVERY or len(self._outcomes) >= FLUSH_AT:
            with broken(self._url):
                self._exchange(take=False)

    def _left(self) -> list[tuple[Any, bytes]]:
        """Return one message that is to be run alone, if there is any; give up those that too many have died of."""
        if time.monotonic() - self._looked_after < WAIT:
            return []
        while suspect := self.look_after():
            self._exchange(take=False)
            if not suspect.given_up:
                return [(suspect.tag, suspect.message)]
            if batch := self._read(suspect.tag, suspect.message):
                dead_letter(self._pipeline, REASON, self.keys.prefix, suspect.message)
                self.reply(failed_outcomes(batch))
                self.acknowledge(batch)
        self._looked_after = time.monotonic()
        return []

    def connected(self) -> set[str]:
        """Return the names of all who are connected; a worker that is not is dead."""
        clients: Any = self.client.client_list()
        return {client["name"] for client in clients}

    def _exchange(self, *, take: bool) -> list[tuple[Any, bytes]]:
        pipeline = self._pipeline
        if self._done and self.acknowledges:  # both or none: an outcome that the server refuses is not acknowledged
            pipeline.execute_command("MULTI")  # type: ignore[no-untyped-call]
            pipeline.rpush(self.keys.outcomes, *self._outcomes)
            self.settle(pipeline, self._done)
            pipeline.execute_command("EXEC")  # type: ignore[no-untyped-call]
        elif self._outcomes:
            pipeline.rpush(self.keys.outcomes, *self._outcomes)
        before = len(pipeline)
        if take:
            self.take(pipeline, self.pace.count)
        if not before and not take:
            return []
        answers = pipeline.execute()
        self._outcomes.clear()
        self._done.clear()
        self._sent_at = time.monotonic_ns()
        return self.taken(answers[before:]) if take else []

    def _read(self, name: Any, message: bytes) -> Batch | None:
        """Return the batch in a message; one that is not for us is kept aside, and the producer is told."""
        try:
            batch = unpack(message, self._reference)
        except Refused as refused:
            dead_letter(self._pipeline, str(refused), self.keys.prefix, message)
            now = time.monotonic_ns()
            told = Outcomes(-1, 1, [None], {0: f"a message was refused: {refused}"}, os.getpid(), now, now)
            self._outcomes += pack_outcomes(told, LARGEST_MESSAGE)
            self._done.append(name)
            return None
        self.held.append(name)
        return batch
