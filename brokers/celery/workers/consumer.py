"""Our subclasses of Celery's Consumer and Request, and what they keep aside. Celery finds both classes by name."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from typing import Any

from celery.worker.consumer.consumer import Consumer
from celery.worker.consumer.delayed_delivery import DelayedDelivery
from celery.worker.consumer.tasks import Tasks
from celery.worker.request import Request

from brokers.celery.broker import celery_over
from brokers.celery.envelopes.task_envelopes import why_refused
from brokers.celery.settings import Names
from brokers.celery.workers.environment import WorkerEnvironment, read_environment
from brokers.messages import Refused
from brokers.poison import GIVEN_UP_REASON, MOST_DELIVERIES, not_kept, why_given_up
from crossover.contract.text import describe

logger = logging.getLogger("celery.crossover")

_deaths: Counter[str] = Counter()
"""Task id → processes that died of it. Celery delivers it again at the safe level only: at others it fails at once."""


def dead_letter(environment: WorkerEnvironment, reason: str, message: Any) -> str | None:
    """Keep a message aside; return why that failed, or None: the worker goes on in any case.

    Args:
        environment: of this worker.
        reason: why it was refused.
        message: as it came.
    """
    names = Names(environment.run, environment.safety)
    kept = message if isinstance(message, bytes) else str(message).encode(errors="surrogatepass")
    try:
        return celery_over(environment.server).dead_letter(environment.url, names, reason, kept)
    except Exception as error:
        return describe(error)


class RunConsumer(Consumer):  # type: ignore[misc]
    """Takes messages for a worker.

    It sets the prefetch count for itself, because RabbitMQ 4.3 refuses it for a whole channel. It does not declare the
    28 queues and 29 exchanges of native delayed delivery, which would stay: nothing of ours is sent for later. It keeps
    aside what is not ours.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.steps: list[Any] = [step for step in self.steps if not isinstance(step, DelayedDelivery)]
        for step in self.steps:
            if isinstance(step, Tasks):
                step.qos_global = _per_consumer

    def create_task_handler(self, *args: Any, **options: Any) -> Callable[[Any], Any]:
        """Return what handles a message: what is not ours does not reach Celery, which would end this worker."""
        handle = super().create_task_handler(*args, **options)
        server_errors: tuple[type[Exception], ...] = (OSError, *celery_over(read_environment().server).errors)

        def handle_ours(message: Any) -> None:
            if reason := why_refused(message):
                self._refuse(message, reason)
                return
            try:
                handle(message)
            except server_errors:
                raise
            except Exception as error:
                if message.acknowledged:
                    raise
                self._refuse(message, f"Celery cannot run it: {describe(error)}")

        return handle_ours

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """Keep a message that kombu cannot decode, or must not decompress."""
        self._refuse(message, f"it is broken: {describe(exc)}")

    def on_invalid_task(self, body: Any, message: Any, exc: Exception) -> None:
        """Keep a message that Celery does not accept as a task."""
        self._refuse(message, f"it is no task of ours: {describe(exc)}")

    def _refuse(self, message: Any, reason: str) -> None:
        """Keep a message aside, and acknowledge it: delivered again, it would be refused again."""
        problem = dead_letter(read_environment(), reason, message.body)
        logger.error("a message was refused: %s", not_kept(reason, problem))
        message.ack_log_error(logger, self.connection_errors)


class RunRequest(Request):  # type: ignore[misc]
    """A message, as the main process of a worker knows it: it is not delivered for ever if it kills its processes.

    Celery tells the main process which message a dead pool process was running. So deaths are counted here, by each
    worker for itself.
    """

    def acknowledge(self) -> None:
        """Acknowledge, and forget the deaths."""
        super().acknowledge()
        _deaths.pop(self.id, None)

    def reject(self, requeue: bool = False) -> None:  # noqa: FBT001, FBT002 - as Celery calls it
        """Requeue a message whose process died; the last time, keep it aside and let its tasks fail."""
        if requeue:
            _deaths[self.id] += 1
        if _deaths[self.id] < MOST_DELIVERIES:
            super().reject(requeue=requeue)
            return
        problem = dead_letter(read_environment(), GIVEN_UP_REASON, next(iter(self.args), b""))
        self.task.backend.mark_as_failure(self.id, Refused(why_given_up(problem)), request=self._context)
        self.acknowledge()


def _per_consumer(_: Any) -> bool:
    return False
