"""How the producer receives results over RabbitMQ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from celery.states import READY_STATES

from brokers.celery.results.backend import OutstandingMessage, Result, ResultBackend, inherited


class RpcResults(ResultBackend):
    """Results over RabbitMQ (rpc://): one queue of the producer's.

    Args:
        app, outstanding, take: as for ResultBackend.
        queue: name of the queue.
    """

    def __init__(
        self, app: Any, outstanding: Mapping[str, OutstandingMessage], take: Callable[[Result], Any], queue: str
    ) -> None:
        super().__init__(app, outstanding, take)
        app.backend.oid = queue
        self.send_options["reply_to"] = queue

    def inherit(self) -> None:
        """Declare and consume the queue again: RabbitMQ removed it when the earlier producer, its consumer, died."""
        backend = self._app.backend

        def received(meta: dict[str, Any]) -> None:
            if meta["status"] in READY_STATES and meta["task_id"] not in self._outstanding:
                self._take(inherited(backend.meta_from_decoded(dict(meta))))

        consumer = backend.result_consumer
        consumer.on_message = received
        consumer.start("")
