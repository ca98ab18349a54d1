"""The producer's side of both Redis transports."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import redis

from brokers.broker_transport import BrokerTransport
from brokers.messages import read_outcomes
from brokers.redis.connection.client import LARGEST_MESSAGE, connect, translate_errors
from brokers.redis.connection.connection import Commands, RedisConnection, raise_first_error
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
        self._awaiting: list[tuple[list[tuple[int, int]], int]] = []  # (first task, tasks) of messages, commands
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
        """Send what is unsent; the replies are read with those to the next commands, while workers begin."""
        if self._unsent:
            with self._connected() as connection:
                if self._awaiting:
                    self._record_receipts(connection.read())
                connection.send(self._sending())

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes]:
        """Send what is unsent, and return outcomes; does not wait if the timeout is under 0.1 s."""
        with self._connected() as connection:
            commands = self._sending()
            waits = timeout >= SHORTEST_WAIT
            others = limit - waits
            if waits:
                commands.add(b"BLPOP", self._outcomes, b"%f" % timeout)
            if others:
                commands.add(b"LPOP", self._outcomes, b"%d" % others)
            connection.send(commands)
            replies = connection.read()
            sends = len(replies) - waits - bool(others)
            if sends:
                self._record_receipts(replies[:sends])
            raise_first_error(replies[sends:])
        messages = [replies[sends][1]] if waits and replies[sends] else []
        found = [read_outcomes(message) for message in messages + ((others and replies[-1]) or [])]
        return found if self._external is None else self._external.checked(found)

    @contextmanager
    def _connected(self) -> Iterator[RedisConnection]:
        """Use the connection, and turn its errors into BrokenError.

        Raises:
            BrokenError: it is lost, or Redis refuses what is neither a task nor an outcome.
        """
        if self._connection is None:
            raise BrokenError("Redis: the run has been stopped")
        with translate_errors(self.at.url):
            try:
                yield self._connection
            except redis.RedisError:
                self._awaiting = []  # what became of them stays unknown
                raise

    def _sending(self) -> Commands:
        """Return the commands that send what is unsent; it is awaited then."""
        commands = Commands()
        if self._unsent:
            self.add_send(commands, [message for _, _, message in self._unsent])
            self._awaiting.append(([(first, size) for first, size, _ in self._unsent], len(commands)))
            self._unsent = []
            self._unsent_bytes = 0
        return commands

    def _record_receipts(self, replies: Sequence[Any]) -> None:
        """Record the replies to what was awaited: one receipt for all messages in a row that were accepted."""
        begin = end = 0  # of the accepted ones in a row
        for sent, count in self._awaiting:
            for (first, size), reply in zip(sent, self.send_replies(replies[:count], len(sent)), strict=True):
                failed = isinstance(reply, Exception)
                if failed or first != end:
                    self._record_accepted(begin, end)
                    begin = end = first
                end += size
                if failed:
                    self._receipts.append(LateReceipt(first, size, Receipt.REFUSED, f"Redis refused it: {reply}"))
                    begin = end
            replies = replies[count:]
        self._record_accepted(begin, end)
        self._awaiting = []

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
