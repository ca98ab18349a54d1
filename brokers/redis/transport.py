"""The producer's side of both Redis transports."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import redis

from brokers.broker_transport import BrokerTransport
from brokers.messages import read_outcomes
from brokers.redis.client import LARGEST_MESSAGE, connect, translate_errors
from brokers.redis.connection import Commands, RedisConnection, raise_first_error
from brokers.redis.keys import Keys
from crossover.contract.errors import BrokenError
from crossover.contract.tasks import LateReceipt, Outcomes, Receipt

SHORTEST_WAIT = 0.1  # seconds: Redis checks only ten times a second (hz) which timeouts of BLPOP have expired
CLEANUP_ANSWER_WITHIN = 2.0  # seconds


class RedisTransport(BrokerTransport):
    """Messages are in Redis. `collect` sends what is unsent and waits for outcomes, in one round trip."""

    limit = LARGEST_MESSAGE

    _connection: RedisConnection | None = None

    def open(self) -> None:
        """Connect."""
        self.keys = Keys(self.run)
        self.tasks, self._outcomes = self.keys.tasks.encode(), self.keys.outcomes.encode()
        with translate_errors(self.at.url):
            self._connection = RedisConnection(self.at.url, f"{self.keys.prefix}producer")
            self.prepare(self._connection.client)

    def prepare(self, client: redis.Redis) -> None:
        """Create what the run needs."""

    @abstractmethod
    def add_send(self, commands: Commands, messages: Sequence[bytes]) -> None:
        """Add the commands that send messages."""

    @abstractmethod
    def send_replies(self, replies: Sequence[Any], messages: int) -> Sequence[Any]:
        """Return one reply for each message."""

    def task_queue(self) -> str:
        """Return the key of the list or stream of tasks."""
        return Keys(self.run).tasks

    def flush(self) -> None:
        """Send what is unsent, and wait for the replies."""
        if self._unsent:
            self._exchange(self._sending())

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes]:
        """Send what is unsent, and return outcomes; does not wait if the timeout is under 0.1 s."""
        commands = self._sending()
        if timeout >= SHORTEST_WAIT:
            commands.add(b"BLPOP", self._outcomes, b"%f" % timeout)
            commands.add(b"LPOP", self._outcomes, b"%d" % max(1, limit - 1))
        else:
            commands.add(b"LPOP", self._outcomes, b"%d" % max(1, limit))
        *first, others = self._exchange(commands)
        messages = [reply[1] for reply in first if reply]
        return [read_outcomes(message) for message in (messages + others if others else messages)]

    def _sending(self) -> Commands:
        """Return the commands that send what is unsent."""
        commands = Commands()
        if self._unsent:
            self.add_send(commands, [message for _, _, message in self._unsent])
        self._sends = len(commands)
        return commands

    def _exchange(self, commands: Commands) -> Sequence[Any]:
        """Exchange commands that begin with those of `_sending`; return the replies to the others.

        Raises:
            BrokenError: the connection is lost, or Redis refuses the others.
        """
        connection, sends = self._connection, self._sends
        if connection is None:
            raise BrokenError("Redis: the run has been stopped")
        with translate_errors(self.at.url):
            replies = connection.exchange(commands)
            if sends:
                self._record_receipts(self.send_replies(replies[:sends], len(self._unsent)))
            raise_first_error(replies[sends:])
        return replies[sends:]

    def _record_receipts(self, replies: Sequence[Any]) -> None:
        """Record the replies to what was unsent: one receipt for all messages in a row that were accepted.

        Args:
            replies: one for each message, in order.
        """
        begin = end = 0  # of the accepted ones in a row
        for (first, size, _), reply in zip(self._unsent, replies, strict=True):
            failed = isinstance(reply, Exception)
            if failed or first != end:
                self._record_accepted(begin, end)
                begin = end = first
            end += size
            if failed:
                self._receipts.append(LateReceipt(first, size, Receipt.REFUSED, f"Redis refused it: {reply}"))
                begin = end
        self._record_accepted(begin, end)
        self._unsent = []
        self._unsent_bytes = 0

    def _record_accepted(self, begin: int, end: int) -> None:
        if end > begin:
            self._receipts.append(LateReceipt(begin, end - begin, Receipt.ACCEPTED))

    def close(self) -> bool:
        """Remove the run's keys, and disconnect; return whether that worked."""
        connection, self._connection = self._connection, None
        if connection is None:
            return True
        removed = False
        with suppress(redis.RedisError):
            with connect(self.at.url, f"{self.keys.prefix}end", CLEANUP_ANSWER_WITHIN) as fresh:
                fresh.ping()  # a server that has just not answered gets less time now
            client = connection.client
            workers: Any = client.smembers(self.keys.workers)
            taken = [self.keys.taken(worker.decode(errors="replace")) for worker in workers]
            keys = self.keys
            client.unlink(keys.tasks, keys.outcomes, keys.workers, keys.candidates, keys.attempts, *taken)
            removed = True
        connection.close()
        return removed
