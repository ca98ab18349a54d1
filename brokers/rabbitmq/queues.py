"""The queues of a run in RabbitMQ."""

from __future__ import annotations

from pika import BasicProperties, DeliveryMode

from crossover.contract.safety import Safety

UNUSED_FOR = 600_000  # milliseconds after which RabbitMQ removes a queue that a killed run has left


class Queues:
    """The queues of a run. They are durable at every level: RabbitMQ 4.3 refuses others that are not exclusive.

    Attributes:
        run: name of the run.
        safety: the level.
        tasks: queue of tasks.
        outcomes: queue of outcomes.
        candidates: queue of poison candidates, which dead workers had taken; at the safe level only.
        names: of all of them.
        settings: arguments of `queue_declare`.
        properties: of the messages in them; transient at the fast level.
    """

    def __init__(self, run: str, safety: Safety) -> None:
        self.run = run
        self.safety = safety
        self.tasks = f"crossover.{run}.tasks"
        self.outcomes = f"crossover.{run}.outcomes"
        self.candidates = f"crossover.{run}.left"
        self.names = (self.tasks, self.outcomes, *([self.candidates] if safety is Safety.SAFE else []))
        self.settings = {
            "x-queue-type": "quorum" if safety is Safety.SAFE else "classic",
            "x-expires": UNUSED_FOR,
        }
        transient = safety is Safety.FAST
        self.properties = BasicProperties(
            delivery_mode=DeliveryMode.Transient if transient else DeliveryMode.Persistent
        )
