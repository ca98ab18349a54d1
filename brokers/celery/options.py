"""The options in the URL of a Celery transport."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from msgspec import Meta
from msgspec.structs import replace

from brokers.external.options import WorkerOptions

FEW = 8  # messages that a process takes ahead, which it has done in a moment
PREFETCHES = (4, 1, 16, 64)  # that `crossover scale` tries; the first is Celery's default


class CeleryOptions(WorkerOptions, frozen=True):
    """Which workers are used, and how much they take at once.

    Attributes:
        prefetch: messages that a worker takes ahead, per process; 0: Celery's default, or that of tuned workers.
        tuned: whether own workers run without what is not needed here; brokers/celery/over_redis.py lists it.
    """

    allowed: ClassVar[Mapping[str, str]] = {
        **WorkerOptions.allowed,
        "prefetch": "1 to 10000, of own workers",
        "tuned": "no, yes, of own workers",
    }
    not_for_external: ClassVar[Mapping[str, object]] = {"prefetch": 0, "tuned": "no"}
    prefetch: Annotated[int, Meta(ge=1, le=10_000)] = 0
    tuned: Literal["no", "yes"] = "no"

    def variants(self) -> Mapping[str, Self]:
        """Return other prefetch counts, and tuned; nothing with external workers, or where the user has chosen one."""
        if self.external or self.prefetch or self.tuned == "yes":
            return {}
        tried = {f"prefetch={count}": replace(self, prefetch=count) for count in PREFETCHES}
        return {**tried, "tuned=yes": replace(self, tuned="yes")}


class CeleryRedisOptions(CeleryOptions, frozen=True):
    """Options of every Celery transport, and when the messages of a killed worker are delivered again.

    Attributes:
        visibility: seconds after they were taken; 0: Celery's hour.
    """

    allowed: ClassVar[Mapping[str, str]] = {
        **CeleryOptions.allowed,
        "visibility": "1 to 86400 (seconds), of own workers",
    }
    not_for_external: ClassVar[Mapping[str, object]] = {**CeleryOptions.not_for_external, "visibility": 0}
    visibility: Annotated[int, Meta(ge=1, le=86_400)] = 0

    @property
    def quick_redelivery(self) -> Mapping[str, str]:
        """Deliver again as soon as no living worker still has the message, which waits there behind those before it."""
        takes_few = self.prefetch <= FEW if self.prefetch else self.tuned == "no"
        return {"visibility": "2" if takes_few else "8"}
