"""Those who ask the owner of a number, through RabbitMQ."""

from __future__ import annotations

import os
from typing import Any

from pika import BasicProperties

from brokers.rabbitmq.channel import ANSWER_WITHIN
from brokers.rabbitmq.client import connect
from crossover.contract.counters import Counter

ANSWERS = "amq.rabbitmq.reply-to"  # RabbitMQ sends what is published there to whoever asked, through no queue
ADD, READ = b"add", b"read"


class OwnerClient:
    """Somebody who asks the owner, and waits for the answer.

    Args:
        url: of the server.
        queue: where the owner listens.
    """

    def __init__(self, url: str, queue: str) -> None:
        self._queue = queue
        self._answers: list[bytes] = []
        self._properties = BasicProperties(reply_to=ANSWERS)
        self._line = connect(url, f"{queue}.asking-{os.getpid()}")
        self._line.ask(self._line.channel.basic_consume, ANSWERS, self._take, auto_ack=True)

    def ask(self, question: bytes) -> int:
        """Return the answer to a question.

        Raises:
            BrokenError: there is none.
        """
        line, answers = self._line, self._answers
        with line.carefully():
            line.publish(self._queue, question, self._properties)
            line.expect(lambda: answers, ANSWER_WITHIN)
        return int(answers.pop())

    def close(self) -> None:
        """Disconnect."""
        self._line.close()

    def _take(self, channel: Any, method: Any, properties: Any, answer: bytes) -> None:
        self._answers.append(answer)


class OwnerCounter(Counter):
    """A worker that asks the owner to add."""

    def __init__(self, url: str, queue: str) -> None:
        self._url = url
        self._queue = queue

    def open(self) -> None:
        """Connect."""
        self._asking = OwnerClient(self._url, self._queue)

    def add(self) -> int:
        """Ask for one more."""
        return self._asking.ask(ADD)

    def close(self) -> None:
        """Disconnect."""
        self._asking.close()
