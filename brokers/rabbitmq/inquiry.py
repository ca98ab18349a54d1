"""What RabbitMQ lets a user do, found out by doing it once with queues of the names and kinds that runs have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from brokers.broker_transport import new_run
from brokers.rabbitmq.connection.channel import RabbitmqChannel
from brokers.rabbitmq.connection.client import connect
from brokers.rabbitmq.queues import Queues
from brokers.servers.facts import ServerFacts
from crossover.contract.errors import BrokenError, UnusableError
from crossover.contract.safety import Safety
from crossover.contract.traits import RunRequest

MESSAGES = 1_001  # published to each queue: a limit of fewer is noticed
CONFIRMED_WITHIN = 20.0  # seconds, for all of them


class RabbitmqFacts(ServerFacts):
    """What a RabbitMQ has shown.

    Args:
        description: version and important settings, in words.
        kept: kind of queue → how many of the messages published to it were still there.
        refused: kind of queue → why it cannot be used; nothing where it can.
    """

    def __init__(self, description: str, kept: dict[str, int], refused: dict[str, str]) -> None:
        super().__init__(description)
        self._kept = kept
        self._refused = refused

    def why_not(self, name: str, request: RunRequest) -> str | None:
        """Return why a level cannot be used: its kind of queue is refused, or at the safe level loses messages."""
        if request.safety is None:
            return None
        kind = _kind(request.safety)
        if reason := self._refused.get(kind):
            return reason
        return self._limit(kind) if request.safety is Safety.SAFE else None

    def warnings(self, name: str, request: RunRequest) -> Sequence[str]:
        """Return that the queues of a level lose messages."""
        if request.safety is None:
            return ()
        return tuple(filter(None, [self._limit(_kind(request.safety))]))

    def _limit(self, kind: str) -> str | None:
        kept = self._kept.get(kind, MESSAGES)
        if kept >= MESSAGES:
            return None
        return (
            f"RabbitMQ keeps {kept:,} of {MESSAGES:,} messages in a {kind} queue whose name begins with crossover: "
            "a policy drops the others (max-length, message-ttl; rabbitmqctl list_policies)"
        )


def inquire(url: str, description: str) -> RabbitmqFacts:
    """Declare, publish to, consume from and delete a queue of each kind.

    Args:
        url: of the server.
        description: version and important settings, in words.

    Raises:
        UnusableError: nothing can use it: the user lacks a permission, or it accepts no messages.
    """
    kept, refused = {}, {}
    for level in (Safety.DEFAULT, Safety.SAFE):
        kind = _kind(level)
        try:
            kept[kind] = _try(url, Queues(new_run(), level))
        except BrokenError as error:
            refused[kind] = str(error)
    if len(refused) == 2:  # noqa: PLR2004 - both kinds
        raise UnusableError(f"{refused[_kind(Safety.DEFAULT)]} (tried by crossover before the first run)")
    return RabbitmqFacts(description, kept, refused)


def _try(url: str, queues: Queues) -> int:
    """Return how many messages a queue keeps.

    Raises:
        BrokenError: something is refused; the server says what.
    """
    channel = connect(url, "crossover.inquiry")
    declared = False
    try:
        channel.call(channel.pika.queue_declare, queues.tasks, durable=True, arguments=queues.settings)
        declared = True
        answers: list[bool] = []
        channel.confirm(lambda _, stored: answers.append(stored))
        with channel.translate_errors():
            for number in range(MESSAGES):
                channel.publish(queues.tasks, b"", queues.properties, number)
        if not channel.wait(lambda: channel.blocked or len(answers) == MESSAGES, CONFIRMED_WITHIN) or channel.blocked:
            raise channel.failure(channel.blocked or f"messages were not confirmed within {CONFIRMED_WITHIN:.0f} s")
        kept = min(_count(channel, queues.tasks), sum(answers))
        channel.call(channel.pika.basic_consume, queues.tasks, lambda *_: None)
        return kept
    finally:
        if declared:
            _remove(url, queues)
        channel.close()


def _count(channel: RabbitmqChannel, queue: str) -> int:
    frames: list[Any] = []
    with channel.translate_errors():
        channel.pika.queue_declare(queue, passive=True, callback=frames.append)
        channel.expect(lambda: frames, CONFIRMED_WITHIN)
    return int(frames[0].method.message_count)


def _remove(url: str, queues: Queues) -> None:
    channel = connect(url, "crossover.inquiry.end")
    try:
        channel.call(channel.pika.queue_delete, queues.tasks)
    finally:
        channel.close()


def _kind(level: Safety) -> str:
    return "quorum" if level is Safety.SAFE else "classic"
