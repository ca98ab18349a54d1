"""Celery over RabbitMQ: a queue of tasks, and results in one queue of the producer's (rpc://)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, ClassVar
from urllib.parse import urlsplit

from amqp.exceptions import AMQPError
from kombu.entity import Exchange, Queue

from brokers.celery.broker import CeleryBroker
from brokers.celery.results.backend import OutstandingMessage, Result, ResultBackend
from brokers.celery.results.in_rabbitmq import RpcResults
from brokers.celery.settings import ANSWER_WITHIN, ENVELOPE_BYTES, EXTERNAL, RETRIES, SAFE, Names
from brokers.rabbitmq import queues
from brokers.rabbitmq.connection.client import SCHEMES, connect, largest_message, remove_names
from brokers.rabbitmq.dead_letters import dead_letter
from brokers.servers.addresses.certificates import checked
from crossover.contract.safety import Safety

CONNECT_FOR_CLEANUP_WITHIN = 2.0  # seconds
REMOVED_WITHIN = 30.0  # seconds for a queue without a leader
LONGEST_TASK = 7 * 86_400_000  # milliseconds, at the safe level of own workers, from RabbitMQ 3.12 on
DISCONNECT_WITHIN = 0.5  # seconds, from a server that does not answer


class CeleryOverRabbitmq(CeleryBroker):
    """RabbitMQ, as Celery uses it."""

    server = "rabbitmq"
    amqp = "brokers.celery.envelopes.amqp_transport:RabbitmqAmqp"
    result_backends: ClassVar[Mapping[str, str]] = {"rpc": "brokers.celery.envelopes.result_backends:RpcBackend"}
    errors = (AMQPError,)
    levels: ClassVar[Mapping[Safety, Mapping[str, Any]]] = {
        Safety.FAST: {"task_default_delivery_mode": 1},  # Celery: 2, on disk
        Safety.SAFE: {
            **SAFE,
            "task_default_queue_type": "quorum",  # Celery: classic
            "broker_transport_options": {"confirm_publish": True},  # kombu: nothing is confirmed
        },
    }
    tuned: ClassVar[Mapping[str, Any]] = {
        "worker_disable_rate_limits": True,  # Celery: False
        "worker_enable_remote_control": False,  # Celery: True
    }
    producer: ClassVar[Mapping[str, Any]] = {
        "result_backend_thread_safe": True,  # Celery: False
        "result_backend_transport_options": {"retry_policy": RETRIES},
        "broker_transport_options": {
            "read_timeout": ANSWER_WITHIN,  # kombu: none
            "write_timeout": ANSWER_WITHIN,  # kombu: none
            "max_retries": 1,  # kombu: for ever
        },
    }
    send: ClassVar[Mapping[str, Any]] = {"retry": False, "confirm_timeout": ANSWER_WITHIN}  # kombu: none

    def connection_settings(self, url: str, names: Names, visibility: int) -> Mapping[str, Any]:
        """Return the URLs, and let the queues of private workers expire. External workers may come back later."""
        found: dict[str, Any] = {"broker_url": url, "result_backend": "rpc://"}
        if SCHEMES[(parts := urlsplit(url)).scheme].tls:
            found["broker_use_ssl"] = checked(parts.hostname)
        return found if names.run == EXTERNAL else {**found, **self._expiry(names)}

    def _expiry(self, names: Names) -> dict[str, Any]:
        """Return what lets RabbitMQ remove queues and exchange of a run whose producer was killed."""
        # an exchange cannot expire; this one is removed with the last queue that was bound to it
        exchange = Exchange(names.tasks, "direct", auto_delete=True)
        kind = self.levels.get(names.safety, {}).get("task_default_queue_type")
        seconds = queues.UNUSED_FOR / 1_000
        tasks = Queue(
            names.tasks,
            exchange,
            names.tasks,
            expires=seconds,
            queue_arguments={"x-queue-type": kind, "x-consumer-timeout": LONGEST_TASK} if kind else None,
        )
        return {"task_queues": [tasks], "result_expires": seconds}  # Celery: a day

    def largest_message(self, url: str) -> int:
        """Return how many bytes of ours fit into one message; the server is queried for its version."""
        channel = connect(url, "crossover.inspect")
        try:
            return largest_message(channel) - ENVELOPE_BYTES
        finally:
            channel.close()

    def dead_letter(self, url: str, names: Names, reason: str, message: bytes) -> str | None:
        """Keep a message aside in the queue of refused messages."""
        return dead_letter(url, f"{names.base}.dead-letter", reason, names.tasks, message)

    def created(self, names: Names) -> list[str]:
        """Return its queues and exchanges."""
        return [*names.queues, *names.exchanges]

    def remove(self, url: str, names: Names) -> None:
        """Remove queues and exchanges of a run."""
        within = CONNECT_FOR_CLEANUP_WITHIN
        remove_names(url, names.queues, names.exchanges, f"{names.base}.end", within=within)

    def remove_silent(self, url: str, names: Names) -> None:
        """Remove a quorum queue without a leader, which takes RabbitMQ five seconds; see decision 42."""
        remove_names(url, [names.tasks], [], f"{names.base}.repair", patience=REMOVED_WITHIN)

    def prepare(self, app: Any) -> None:
        """Let a lost connection fail at once: Celery would reconnect, and wait for what was on its way."""
        backend = app.backend
        backend.result_consumer._reconnect = _raise  # noqa: SLF001 - Celery has no setting for it
        # as in Celery, before each task; but Celery tries for ever where the connection is lost
        backend.on_task_call = lambda producer, _: backend.binding(producer.channel).declare()

    def declare(self, app: Any, producer: Any) -> None:
        """Declare the queue of tasks and that of results, which lives as long as the producer consumes from it."""
        super().declare(app, producer)
        app.backend.on_task_call(producer, "")
        app.backend.on_task_call = lambda *_: None

    def results(
        self,
        app: Any,
        names: Names,
        outstanding: Mapping[str, OutstandingMessage],
        take: Callable[[Result], Any],
        *,
        tuned: bool = False,
    ) -> ResultBackend:
        """Return how the producer receives results; each producer over external workers has a queue of its own."""
        from brokers.broker_transport import new_run  # noqa: PLC0415 - a worker loads nothing of what producers need

        queue = names.results if names.run != EXTERNAL else f"{names.results}.{new_run()}"
        return RpcResults(app, outstanding, take, queue)

    def ping(self, app: Any, producer: Any) -> None:
        """Call a method of the channel that changes nothing."""
        producer.channel.basic_qos(0, 0, a_global=False)

    def close_results(self, app: Any, *, lost: bool) -> None:
        """Stop consuming."""
        consumer = app.backend.result_consumer
        with suppress(Exception):  # whatever is already lost
            if lost:
                consumer._connection.collect(DISCONNECT_WITHIN)  # noqa: SLF001 - `stop` waits for an answer
            else:
                consumer.stop()


def _raise() -> None:
    raise  # noqa: PLE0704 - Celery calls this where it handles the error
