"""The producer's side of both Redis transports."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import redis
from redis.client import Pipeline

from brokers.broker_transport import BrokerTransport
from brokers.messages import read_outcomes
from brokers.redis.client import LARGEST_MESSAGE, connect, translate_errors
from brokers.redis.keys import Keys
from crossover.contract.tasks import Outcomes

SHORTEST_WAIT = 0.1  # seconds: Redis checks only ten times a second (hz) which timeouts of BLPOP have expired
CLEANUP_ANSWER_WITHIN = 2.0  # seconds


class RedisTransport(BrokerTransport):
    """Messages are in Redis. `collect` sends what is unsent and waits for outcomes, in one round trip."""

    limit = LARGEST_MESSAGE

    client: Any = None

    def open(self) -> None:
        """Connect."""
        self.keys = Keys(self.run)
        with translate_errors(self.at.url):
            self.client = connect(self.at.url, f"{self.keys.prefix}producer")
            self._pipeline = self.client.pipeline(transaction=False)
            self.prepare()

    def prepare(self) -> None:
        """Create what the run needs."""

    @abstractmethod
    def add_send(self, pipeline: Pipeline, messages: Sequence[bytes]) -> None:
        """Add the commands to a pipeline that send messages."""

    @abstractmethod
    def send_replies(self, replies: Sequence[Any], messages: int) -> Sequence[Any]:
        """Return one reply for each message."""

    def task_queue(self) -> str:
        """Return the key of the list or stream of tasks."""
        return Keys(self.run).tasks

    def flush(self) -> None:
        """Send what is unsent, and wait for the replies."""
        if self._unsent:
            with translate_errors(self.at.url):
                self.add_send(self._pipeline, [message for _, _, message in self._unsent])
                replies = self._pipeline.execute(raise_on_error=False)
                self.record_receipts(self.send_replies(replies, len(self._unsent)), _refusal)

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes]:
        """Send what is unsent, and return outcomes; does not wait if the timeout is under 0.1 s."""
        pipeline, outcomes, waits = self._pipeline, self.keys.outcomes, timeout >= SHORTEST_WAIT
        with translate_errors(self.at.url):
            if self._unsent:
                self.add_send(pipeline, [message for _, _, message in self._unsent])
            before = len(pipeline)
            if waits:
                pipeline.blpop([outcomes], timeout)
            pipeline.lpop(outcomes, max(1, limit - waits))
            replies = pipeline.execute(raise_on_error=False)
            if before:
                self.record_receipts(self.send_replies(replies[:before], len(self._unsent)), _refusal)
            first, others = replies[before:] if waits else (None, replies[-1])
            for reply in (first, others):
                if isinstance(reply, Exception):
                    raise reply
        messages = ([first[1]] if first else []) + (others or [])
        return [read_outcomes(message) for message in messages]

    def close(self) -> bool:
        """Remove the run's keys, and disconnect; return whether that worked."""
        if self.client is None:
            return True
        removed = False
        with suppress(redis.RedisError):
            with connect(self.at.url, f"{self.keys.prefix}end", CLEANUP_ANSWER_WITHIN) as fresh:
                fresh.ping()  # a server that has just not answered gets less time now
            workers = self.client.smembers(self.keys.workers)
            taken = [self.keys.taken(worker.decode(errors="replace")) for worker in workers]
            keys = self.keys
            self.client.unlink(keys.tasks, keys.outcomes, keys.workers, keys.candidates, keys.attempts, *taken)
            removed = True
        self.client.close()
        return removed


def _refusal(reply: Any) -> str | None:
    return f"Redis refused it: {reply}" if isinstance(reply, Exception) else None
