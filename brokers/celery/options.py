"""What can be set in the URL of a Celery transport."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, Self

from msgspec import Meta
from msgspec.structs import replace

from brokers.celery.settings import EXTERNAL
from brokers.servers.compose import WORKERS
from crossover.contract.errors import UnusableError, UsageError
from crossover.contract.options import Options

OWN = "own"
PREFETCHES = (4, 1, 16, 64)  # that `crossover scale` tries, Celery's first


class CeleryOptions(Options, frozen=True):
    """Who starts the workers, and how much they take at once.

    Attributes:
        workers: own, or external, which are found by the URL; None: what CROSSOVER_WORKERS says, else own.
        prefetch: messages that a worker takes ahead, per process; 0: as many as Celery would, or as suits a tuned one.
        tuned: whether own workers do without what is not needed here; brokers/celery/over_redis.py lists it.
    """

    allowed: ClassVar[Mapping[str, str]] = {
        "workers": "own, external",
        "prefetch": "1 to 10000, of own workers",
        "tuned": "no, yes, of own workers",
    }
    workers: Literal["own", "external"] | None = None
    prefetch: Annotated[int, Meta(ge=1, le=10_000)] = 0
    tuned: Literal["no", "yes"] = "no"

    def __post_init__(self) -> None:
        """Refuse what nobody would heed.

        Raises:
            UsageError: workers of somebody else were told by whoever started them.
        """
        if self.workers == "external" and self.prefetch:
            raise UsageError("prefetch is theirs where workers=external: start them with --prefetch-multiplier instead")
        if self.workers == "external" and self.tuned == "yes":
            raise UsageError("tuned is for own workers, and cannot be told to those of workers=external")

    @property
    def external(self) -> bool:
        """Whether somebody else starts the workers: the URL says it, else the environment.

        Raises:
            UnusableError: the environment says something else.
        """
        who = self.workers or os.environ.get(WORKERS) or OWN
        if who not in {OWN, EXTERNAL}:
            raise UnusableError(f"{WORKERS} cannot be {who!r}; allowed: {OWN}, {EXTERNAL}")
        return who == EXTERNAL

    @property
    def own_workers(self) -> bool:
        """Whether it is we who start them."""
        return not self.external

    def why_not_observed(self) -> str | None:
        """Return why not where the URL names external workers; those of the environment are replaced by own ones."""
        reason = "external workers keep no journal, so fault runs cannot observe them"
        return reason if self.workers == EXTERNAL else None

    def variants(self) -> Mapping[str, Self]:
        """Return other prefetches, and tuned; nothing where workers cannot be told so, or something was chosen."""
        if self.external or self.prefetch or self.tuned == "yes":
            return {}
        tried = {f"prefetch={count}": replace(self, prefetch=count) for count in PREFETCHES}
        return {**tried, "tuned=yes": replace(self, tuned="yes")}


class CeleryRedisOptions(CeleryOptions, frozen=True):
    """As for any, and when what a killed worker had comes back.

    Attributes:
        visibility: seconds from when it was taken; 0: Celery's hour.
    """

    allowed: ClassVar[Mapping[str, str]] = {
        **CeleryOptions.allowed,
        "visibility": "1 to 86400 (seconds), of own workers",
    }
    quick_redelivery: ClassVar[Mapping[str, str]] = {"visibility": "2"}
    visibility: Annotated[int, Meta(ge=1, le=86_400)] = 0

    def __post_init__(self) -> None:
        """Refuse what nobody would heed.

        Raises:
            UsageError: workers of somebody else were told by whoever started them.
        """
        CeleryOptions.__post_init__(self)  # msgspec makes this class anew, and `super()` would mean the other one
        if self.workers == "external" and self.visibility:
            raise UsageError("visibility is theirs where workers=external, and cannot be told to them")
