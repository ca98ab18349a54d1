"""The queues of a run through RabbitMQ."""

from __future__ import annotations

from pika import BasicProperties, DeliveryMode

from crossover.contract.safety import Safety

UNUSED_FOR = 600_000  # milliseconds, after which RabbitMQ removes what a crashed run has left


class Queues:
    """The queues of a run. Durable at every level: RabbitMQ 4.3 refuses others that are not exclusive.

    Attributes:
        run, safety: whose they are.
        tasks, outcomes: the two ways.
        left: what dead workers had, at the safe level.
        names: of all of them.
        settings: likewise.
        properties: of the messages in them; transient at the fast level.
    """

    def __init__(self, run: str, safety: Safety) -> None:
        self.run = run
        self.safety = safety
        self.tasks = f"crossover.{run}.tasks"
        self.outcomes = f"crossover.{run}.outcomes"
        self.left = f"crossover.{run}.left"
        self.names = (self.tasks, self.outcomes, *([self.left] if safety is Safety.SAFE else []))
        self.settings = {
            "x-queue-type": "quorum" if safety is Safety.SAFE else "classic",
            "x-expires": UNUSED_FOR,
        }
        transient = safety is Safety.FAST
        self.properties = BasicProperties(
            delivery_mode=DeliveryMode.Transient if transient else DeliveryMode.Persistent
        )
