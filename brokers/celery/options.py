"""The options in the URL of a Celery transport."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal, Self

from msgspec import Meta
from msgspec.structs import replace

from brokers.celery.settings import EXTERNAL
from brokers.servers.compose import WORKERS_VARIABLE
from crossover.contract.errors import UnusableError, UsageError
from crossover.contract.options import Options

OWN = "own"
FEW = 8  # messages that a process takes ahead, which it has done in a moment
PREFETCHES = (4, 1, 16, 64)  # that `crossover scale` tries; the first is Celery's default


class CeleryOptions(Options, frozen=True):
    """Which workers are used, and how much they take at once.

    Attributes:
        workers: own (we start them), external (the user has started them); None: CROSSOVER_WORKERS, else own.
        prefetch: messages that a worker takes ahead, per process; 0: Celery's default, or that of tuned workers.
        tuned: whether own workers run without what is not needed here; brokers/celery/over_redis.py lists it.
    """

    allowed: ClassVar[Mapping[str, str]] = {
        "workers": "own, external, or a number of own ones",
        "prefetch": "1 to 10000, of own workers",
        "tuned": "no, yes, of own workers",
    }
    not_for_external: ClassVar[Mapping[str, object]] = {"prefetch": 0, "tuned": "no"}
    workers: Literal["own", "external"] | None = None
    prefetch: Annotated[int, Meta(ge=1, le=10_000)] = 0
    tuned: Literal["no", "yes"] = "no"

    def __post_init__(self) -> None:
        """Refuse options that external workers would not follow.

        Raises:
            UsageError: an option for own workers is given together with workers=external.
        """
        if self.workers == EXTERNAL and self.prefetch:
            raise UsageError("prefetch is for own workers: start external ones with --prefetch-multiplier")
        if self.workers == EXTERNAL and self.tuned == "yes":
            raise UsageError("tuned is for own workers; it cannot be set with workers=external")

    @property
    def external(self) -> bool:
        """Whether the user has started the workers: set in the URL, else in the environment.

        Raises:
            UnusableError: the environment variable has another value.
        """
        workers = self.workers or os.environ.get(WORKERS_VARIABLE) or OWN
        if workers not in {OWN, EXTERNAL}:
            raise UnusableError(f"{WORKERS_VARIABLE} cannot be {workers!r}; allowed: {OWN}, {EXTERNAL}")
        return workers == EXTERNAL

    @property
    def only_for_own_workers(self) -> Sequence[str]:
        """The options that are set and that external workers would not follow."""
        return [name for name, unset in self.not_for_external.items() if getattr(self, name) != unset]

    @property
    def own_workers(self) -> bool:
        """Whether we start the workers."""
        return not self.external

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

    def __post_init__(self) -> None:
        """Refuse options that external workers would not follow.

        Raises:
            UsageError: an option for own workers is given together with workers=external.
        """
        CeleryOptions.__post_init__(self)  # msgspec replaces this class, so `super()` would refer to the original
        if self.workers == EXTERNAL and self.visibility:
            raise UsageError("visibility is for own workers; it cannot be set with workers=external")

    @property
    def quick_redelivery(self) -> Mapping[str, str]:
        """Deliver again as soon as no living worker still has the message, which waits there behind those before it."""
        takes_few = self.prefetch <= FEW if self.prefetch else self.tuned == "no"
        return {"visibility": "2" if takes_few else "8"}
