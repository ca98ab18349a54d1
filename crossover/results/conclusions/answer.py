"""What a person should do, as it follows from a result: which transport, with how many workers, what is not proven."""

from __future__ import annotations

import msgspec

from crossover.results.conclusions.findings import Limit, Ratio
from crossover.results.records import Record

TOO_SHORT, TOO_NOISY = "too short", "too noisy"
"""Why runs prove nothing."""


class Choice(Record):
    """A transport that can be used, with a number of workers."""

    transport: str  # its label
    workers: int
    throughput: float  # tasks/s
    low: float
    high: float
    limit: Limit | None = None  # what keeps it from doing more; None: unknown
    alike: list[str] = msgspec.field(default_factory=list)  # labels that are not told apart from it


class Enough(Record):
    """What would prove what the runs did not: their numbers, for -n and -r, and which figures are meant."""

    tasks: int
    rounds: int
    transports: list[str] = msgspec.field(default_factory=list)  # labels
    reason: str = ""  # in words: too short, noisy


class Answer(Record):
    """What a person should do.

    Attributes:
        local: the best choice inside one machine, where tasks may be lost in a crash; None: none is sound.
        remote: the best choice through a broker, of those that lose least at this safety level; None: none is sound.
        price: throughput of the remote one as a part of the local one's; None: not compared.
        to_local: label → throughput through a broker, to that of the fastest local transport.
        survives: faults in which the remote one loses no task at this safety level, as far as is known.
        safe_survives: likewise, at the safety level `safe`.
        saturating: how many workers would be needed until something else is the limit: of `local`, or of the fastest
            where nothing could be chosen because all had too few workers; None: something else is, or it is unknown.
        saturating_low, saturating_high: its interval, where it is estimated.
        not_proven: what more is needed; None: what is said here is proven.
        next: the words of the next command to type, without `crossover`; none: nothing is left open.
    """

    local: Choice | None = None
    remote: Choice | None = None
    price: Ratio | None = None
    to_local: dict[str, Ratio] = msgspec.field(default_factory=dict)
    survives: list[str] = msgspec.field(default_factory=list)
    safe_survives: list[str] = msgspec.field(default_factory=list)
    saturating: int | None = None
    saturating_low: int | None = None
    saturating_high: int | None = None
    not_proven: Enough | None = None
    next: list[str] = msgspec.field(default_factory=list)
