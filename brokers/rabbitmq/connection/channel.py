"""A connection to RabbitMQ with one channel: declare, publish, confirm, consume."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import takewhile
from typing import Any

from pika import BasicProperties, URLParameters, spec
from pika.exceptions import AMQPError

from brokers.rabbitmq.connection.connection import CONNECT_WITHIN, RabbitmqConnection, error_text
from brokers.rabbitmq.connection.pika_connection import GIVEN_UP_AFTER

ANSWER_WITHIN = 8.0  # seconds for the answer to a method of the channel


class RabbitmqChannel(RabbitmqConnection):
    """A connection with one channel.

    Attributes:
        pika: pika's channel.
        unconfirmed: delivery tag → label of the message, in the order of publishing; empty without confirms.

    Args:
        parameters, where, within, patience: as for RabbitmqConnection.
        prefetch: messages that a consumer receives before it acknowledges; 0: no limit.
    """

    def __init__(
        self,
        parameters: URLParameters,
        where: str,
        prefetch: int = 0,
        within: float = CONNECT_WITHIN,
        patience: float = GIVEN_UP_AFTER,
    ) -> None:
        self._prefetch = prefetch
        self._on_confirmed: Callable[[Any, bool], None] | None = None
        self._published = 0
        self.unconfirmed: dict[int, Any] = {}
        super().__init__(parameters, where, within, patience)

    def open_channel(self, within: float) -> None:
        """Open the channel."""
        self.pika = self._connection.channel()
        self.pika.add_on_close_callback(self._on_closed)
        self.pika.add_on_cancel_callback(lambda _: self._on_closed(None, AMQPError("its queue was deleted")))
        self.expect(lambda: self.pika.is_open, within)
        self.call(self.pika.basic_qos, prefetch_count=self._prefetch)

    def ping(self) -> None:
        """Set the prefetch count once more, which changes nothing."""
        self.pika.basic_qos(prefetch_count=self._prefetch, callback=lambda _: None)

    def call(self, method: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """Call a method of pika's channel, wait until the server has answered, and return its answer.

        Raises:
            BrokenError: the connection is lost, or the server does not answer in time.
        """
        answers: list[Any] = []
        with self.translate_errors():
            method(*args, callback=answers.append, **options)
            self.expect(lambda: answers, ANSWER_WITHIN)
        return answers[0]

    def confirm(self, on_confirmed: Callable[[Any, bool], None]) -> None:
        """Have the server confirm what is published from now on, and return what it has no queue for.

        Args:
            on_confirmed: called with the label of a message, and whether the server has stored it.
        """
        self._on_confirmed = on_confirmed
        self.call(self.pika.confirm_delivery, self._on_confirm)

    def publish(self, queue: str, message: bytes, properties: BasicProperties, label: Any = None) -> None:
        """Publish a message; it is sent when events are processed next.

        Args:
            queue: where to.
            message: the body.
            properties: of the message.
            label: what `confirm` reports it as.
        """
        self.pika.basic_publish("", queue, message, properties, mandatory=self._on_confirmed is not None)
        if self._on_confirmed is not None:
            self._published += 1
            self.unconfirmed[self._published] = label

    @contextmanager
    def translate_errors(self) -> Iterator[None]:
        """Turn pika's errors into BrokenError.

        Raises:
            BrokenError: the connection is lost.
        """
        try:
            yield
        except AMQPError as error:
            raise self.failure(error_text(self._lost or error)) from error

    def _on_confirm(self, frame: Any) -> None:
        answer, on_confirmed = frame.method, self._on_confirmed
        last = answer.delivery_tag
        tags = [*takewhile(lambda tag: tag <= last, self.unconfirmed)] if answer.multiple else [last]
        stored = not isinstance(answer, spec.Basic.Nack)
        for tag in tags:
            label = self.unconfirmed.pop(tag)
            if on_confirmed is not None:
                on_confirmed(label, stored)
