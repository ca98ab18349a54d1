"""What is different between two results of the same thing, or between one and many older ones."""

from __future__ import annotations

from enum import StrEnum

from msgspec import field

from crossover.results.conclusions.answer import Enough
from crossover.results.records import DIFFERENCE, KIND, SCHEMA_VERSION, Record

P99 = "p99 ms"
"""The unit of a case whose latency is compared."""


class Change(StrEnum):
    """How one case has changed."""

    SLOWER = "slower"
    FASTER = "faster"
    CLOSE = "not distinguishable"
    UNPROVEN = "not proven"  # the runs are too short, too noisy, or were disturbed
    UNKNOWN = "cannot be compared"  # one of the results has no undamaged round


class CaseChange(Record):
    """One case before and after: a transport or shared state under the same conditions.

    Attributes:
        case: its label, and what distinguishes it from others with the same label.
        unit: of `base` and `new`; empty if speed was not measured.
        base, new: medians over the undamaged rounds.
        slower: as a fraction; less than 0: faster.
        low, high: the 95% interval of `slower`.
        harm: what went wrong now but not before, in words.
        breached: whether it is slower by more than the threshold, all of the interval, or there is harm.
    """

    case: str
    unit: str
    base: float | None
    new: float | None
    slower: float | None
    low: float | None
    high: float | None
    change: Change
    harm: str
    breached: bool
    rounds: int  # of the one that has fewer
    doubt: str = ""  # why nothing is proven, in words


class PointRole(StrEnum):
    """What a result is for the band of a case."""

    COUNTED = "counted"
    OUTLIER = "outlier"
    OTHER_LEVEL = "before the last change of level"
    NEWEST = "newest"


class Point(Record):
    """One case in one result."""

    result: str
    started_at: str
    value: float  # the median of its sound rounds
    rounds: int  # that are sound
    role: PointRole


class CaseSeries(Record):
    """One case in all results of its own kind, and the band in which the older ones expect the newest.

    Attributes:
        case: its label, and what distinguishes it from others with the same label.
        unit: of its figures; empty if speed was not measured.
        points: the oldest first; without results in which no round was sound.
        low, middle, high: of the band; None: there are too few older results.
        missing: older results that are still needed for a band.
        slower: the newest, compared with the middle, as a fraction; less than 0: faster.
        beyond: by which fraction it is slower than the slow end of the band; less than 0: it is not.
        shift: how much slower the last level is than the one before, as a fraction; None: there was only one level.
        change: slower or faster: it has left the band.
        harm: what went wrong now but not before, in words.
        breached: whether it is beyond the band by more than the threshold, or there is harm.
    """

    case: str
    unit: str
    points: list[Point]
    low: float | None = None
    middle: float | None = None
    high: float | None = None
    missing: int = 0
    slower: float | None = None
    beyond: float | None = None
    shift: float | None = None
    change: Change = Change.UNKNOWN
    harm: str = ""
    breached: bool = False


class OlderResult(Record):
    """An older result of the same kind as the newest."""

    name: str
    started_at: str
    slight: list[str] = field(
        default_factory=list
    )  # what differs from the newest and is not expected to change figures, in words


class Difference(Record, kw_only=True, tag_field=KIND, tag=DIFFERENCE):
    """The difference between two results, case by case, or between the newest and many older ones.

    Attributes:
        base, new: their names.
        breached: whether a case is breached.
        threshold: fraction by which a case may be slower.
        unlike: what differs in host and plan and changes figures, in words.
        slight: what differs and is not expected to change them, such as patch levels, in words.
        gone: cases that were measured before but not now, although they are in the plan.
        only_base, only_new: cases that only one of the plans has.
        not_proven: numbers with which both results would prove what they do not; None: they do.
        doubts: warnings about the runs of either result, in words.
        series: of many results: each case in all of them, and its band; `changes` is empty then.
        older: of many results: the older ones of the same kind, by date; None: two results are compared.
        left_out: name of an older result → why it does not count.
        done_once: whether each case is done once in a result, as a job is, so that more rounds cannot be asked for.
    """

    schema_version: int = SCHEMA_VERSION
    tool: str = ""
    base: str = ""
    new: str = ""
    breached: bool = False
    threshold: float
    unlike: list[str]
    changes: list[CaseChange] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    only_base: list[str] = field(default_factory=list)
    only_new: list[str] = field(default_factory=list)
    slight: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    not_proven: Enough | None = None
    series: list[CaseSeries] = field(default_factory=list)
    older: list[OlderResult] | None = None
    left_out: dict[str, str] = field(default_factory=dict)
    done_once: bool = False
