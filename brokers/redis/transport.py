"""The producer's side of both Redis transports."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar

import redis
from redis.client import Pipeline

from brokers.broker_transport import AT_LEAST_ONCE, AT_MOST_ONCE, BrokerTransport
from brokers.messages import read_outcomes
from brokers.redis.client import LARGEST_MESSAGE, broken, connect
from brokers.redis.keys import Keys
from crossover.contract.safety import Guarantee, Safety
from crossover.contract.tasks import Outcomes

SOONEST = 0.1  # seconds: Redis looks only ten times a second whose time is up (hz), and answers BLPOP that late
GOODBYE_WITHIN = 2.0  # seconds for a sign of life before we clean up


class RedisTransport(BrokerTransport):
    """One whose messages lie in Redis: `collect` sends what is unsent and waits for outcomes, in one round trip."""

    server = "redis"
    limit = LARGEST_MESSAGE
    guarantees: ClassVar[Mapping[Safety, Guarantee]] = {
        Safety.FAST: AT_MOST_ONCE,
        Safety.DEFAULT: AT_MOST_ONCE,
        Safety.SAFE: AT_LEAST_ONCE,
    }

    client: Any = None

    def open(self) -> None:
        """Connect."""
        self.keys = Keys(self.run)
        with broken(self.at.url):
            self.client = connect(self.at.url, f"{self.keys.prefix}producer")
            self._pipeline = self.client.pipeline(transaction=False)
            self.enter()

    def enter(self) -> None:
        """Make what the run needs."""

    @abstractmethod
    def put(self, pipeline: Pipeline, messages: Sequence[bytes]) -> None:
        """Put the commands into a pipeline that send messages."""

    @abstractmethod
    def said(self, answers: Sequence[Any], messages: int) -> Sequence[Any]:
        """Return one answer for each message."""

    def flush(self) -> None:
        """Send what is unsent, and wait for the answers."""
        if self._unsent:
            with broken(self.at.url):
                self.put(self._pipeline, [message for _, _, message in self._unsent])
                answers = self._pipeline.execute(raise_on_error=False)
                self.sent(self.said(answers, len(self._unsent)), _refusal)

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes]:
        """Send what is unsent, and take outcomes; for less than 0.1 s it does not wait, since it would wait longer."""
        pipeline, outcomes, waits = self._pipeline, self.keys.outcomes, timeout >= SOONEST
        with broken(self.at.url):
            if self._unsent:
                self.put(pipeline, [message for _, _, message in self._unsent])
            before = len(pipeline)
            if waits:
                pipeline.blpop([outcomes], timeout)
            pipeline.lpop(outcomes, max(1, limit - waits))
            answers = pipeline.execute(raise_on_error=False)
            if before:
                self.sent(self.said(answers[:before], len(self._unsent)), _refusal)
            first, others = answers[before:] if waits else (None, answers[-1])
            for answer in (first, others):
                if isinstance(answer, Exception):
                    raise answer
        messages = ([first[1]] if first else []) + (others or [])
        return [read_outcomes(message) for message in messages]

    def close(self) -> bool:
        """Remove the run's keys, and disconnect."""
        if self.client is None:
            return True
        removed = False
        with suppress(redis.RedisError):
            with connect(self.at.url, f"{self.keys.prefix}end", GOODBYE_WITHIN) as probe:
                probe.ping()  # who has just not answered us for so long need not be asked as patiently again
            workers = self.client.smembers(self.keys.workers)
            taken = [self.keys.taken(worker.decode()) for worker in workers]
            keys = self.keys
            self.client.unlink(keys.tasks, keys.outcomes, keys.workers, keys.left, keys.begun, *taken)
            removed = True
        self.client.close()
        return removed


def _refusal(answer: Any) -> str:
    return f"Redis refused it: {answer}" if isinstance(answer, Exception) else ""
