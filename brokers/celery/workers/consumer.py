"""Celery's consumer, as far as ours differs."""

from __future__ import annotations

from typing import Any

from celery.worker.consumer.consumer import Consumer
from celery.worker.consumer.delayed_delivery import DelayedDelivery
from celery.worker.consumer.tasks import Tasks

from brokers.celery.dead_letters import dead_letter
from brokers.celery.workers.environment import read


class RunConsumer(Consumer):  # type: ignore[misc]
    """Takes messages for a worker.

    It sets the prefetch count for itself, because RabbitMQ 4.3 refuses it for a whole channel; and it does not make the
    28 queues and 29 exchanges of native delayed delivery, which would stay: nothing of ours is sent for later. What is
    not for it is kept aside before Celery drops it.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.steps: list[Any] = [step for step in self.steps if not isinstance(step, DelayedDelivery)]
        for step in self.steps:
            if isinstance(step, Tasks):
                step.qos_global = _never

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """Keep a message that cannot be read."""
        dead_letter(read(), f"it is broken: {exc}", message.body)
        super().on_decode_error(message, exc)

    def on_invalid_task(self, body: Any, message: Any, exc: Exception) -> None:
        """Keep a message that is no task, or in a format that we do not take."""
        dead_letter(read(), f"it is no task of ours: {exc}", message.body)
        super().on_invalid_task(body, message, exc)

    def on_unknown_task(self, body: Any, message: Any, exc: Exception) -> None:
        """Keep a message for another task."""
        dead_letter(read(), f"it asks for another task: {exc}", message.body)
        super().on_unknown_task(body, message, exc)

    def on_unknown_message(self, body: Any, message: Any) -> None:
        """Keep a message that is not Celery's."""
        dead_letter(read(), "it is not from Celery", message.body)
        super().on_unknown_message(body, message)


def _never(_: Any) -> bool:
    return False
