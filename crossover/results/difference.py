"""What is different between two results of the same thing."""

from __future__ import annotations

from enum import StrEnum

from msgspec import field

from crossover.results.records import DIFFERENCE, KIND, SCHEMA_VERSION, Record

P99 = "p99 ms"
"""The unit of a case whose latency is compared."""


class Change(StrEnum):
    """How one case has changed."""

    SLOWER = "slower"
    FASTER = "faster"
    CLOSE = "not distinguishable"
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


class Difference(Record, kw_only=True, tag_field=KIND, tag=DIFFERENCE):
    """The difference between two results, case by case.

    Attributes:
        base, new: their names.
        breached: whether a case is breached.
        threshold: fraction by which a case may be slower.
        unlike: what differs in host and plan and changes figures, in words.
        slight: what differs and is not expected to change them, such as patch levels, in words.
        gone: cases that were measured before but not now, although they are in the plan.
        only_base, only_new: cases that only one of the plans has.
        doubts: warnings about the runs of either result, in words.
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
