"""A connection to RabbitMQ with one channel: declare, publish, have it confirmed, consume."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pika import BasicProperties, URLParameters, spec
from pika.exceptions import AMQPError

from brokers.rabbitmq.connection import CONNECT_WITHIN, RabbitmqConnection
from brokers.rabbitmq.errors import said
from brokers.rabbitmq.socket import GIVEN_UP_AFTER

ANSWER_WITHIN = 8.0  # seconds for anything we ask of it


class RabbitmqChannel(RabbitmqConnection):
    """A connection with one channel.

    Attributes:
        channel: pika's.
        unconfirmed: number of a message → what it stands for, in the order of publishing; where there are confirms.

    Args:
        parameters, where, within, patience: as in Wire.
        prefetch: messages that a consumer gets before it acknowledges; 0 is without a limit.
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
        self._told: Callable[[Any, bool], None] | None = None
        self._published = 0
        self.unconfirmed: dict[int, Any] = {}
        super().__init__(parameters, where, within, patience)

    def prepare(self, within: float) -> None:
        """Open the channel."""
        self.channel = self._connection.channel()
        self.channel.add_on_close_callback(self._ended)
        self.channel.add_on_cancel_callback(lambda _: self._ended(None, AMQPError("its queue was deleted")))
        self.expect(lambda: self.channel.is_open, within)
        self.ask(self.channel.basic_qos, prefetch_count=self._prefetch)

    def greet(self) -> None:
        """Ask for the prefetch once more; that changes nothing."""
        self.channel.basic_qos(prefetch_count=self._prefetch, callback=lambda _: None)

    def ask(self, method: Callable[..., Any], *args: Any, **options: Any) -> None:
        """Call a method of the channel, and wait until the server has answered."""
        answers: list[Any] = []
        with self.carefully():
            method(*args, callback=answers.append, **options)
            self.expect(lambda: answers, ANSWER_WITHIN)

    def confirm(self, told: Callable[[Any, bool], None]) -> None:
        """Have the server confirm what is published; it must find a queue for it.

        Args:
            told: called with what a message stood for, and whether the server has it safe.
        """
        self._told = told
        self.ask(self.channel.confirm_delivery, self._on_confirm)

    def publish(self, queue: str, message: bytes, properties: BasicProperties, what: Any = None) -> None:
        """Put a message on its way; it leaves with the next turn."""
        self.channel.basic_publish("", queue, message, properties, mandatory=self._told is not None)
        if self._told is not None:
            self._published += 1
            self.unconfirmed[self._published] = what

    @contextmanager
    def carefully(self) -> Iterator[None]:
        """Turn pika's errors into ours.

        Raises:
            BrokenError: the connection is lost.
        """
        try:
            yield
        except AMQPError as error:
            raise self.broken(said(self._lost or error)) from error

    def _on_confirm(self, frame: Any) -> None:
        answer, told = frame.method, self._told
        last = answer.delivery_tag
        numbers = [number for number in self.unconfirmed if number <= last] if answer.multiple else [last]
        taken = not isinstance(answer, spec.Basic.Nack)
        for number in numbers:
            what = self.unconfirmed.pop(number)
            if told is not None:
                told(what, taken)
