"""What is different between two results of the same thing."""

from __future__ import annotations

from enum import StrEnum

from msgspec import field

from crossover.results.records import DIFFERENCE, KIND, SCHEMA_VERSION, Record

P99 = "p99 ms"
"""The unit of a case whose latency is compared."""


class Change(StrEnum):
    """What became of one case."""

    SLOWER = "slower"
    FASTER = "faster"
    CLOSE = "not distinguishable"
    UNKNOWN = "cannot be compared"  # one of them has no sound round


class CaseChange(Record):
    """One case, as it was and as it is: what a transport or shared state did under the same circumstances.

    Attributes:
        case: its label, and what tells it from others of the same label.
        unit: of `base` and `new`; nothing where speed is not what was measured.
        base, new: medians over the sound rounds.
        slower: by which part; less than 0: faster.
        low, high: the 95 % interval of that.
        harm: what went wrong now that did not before, in words.
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
    """Two results beside each other.

    Attributes:
        base, new: their names.
        breached: whether something is worse than it may be.
        threshold: part by which a case may be slower.
        unlike: what is not the same of host and plan, in words.
        gone: cases that were measured before and, though asked for, not now.
        only_base, only_new: cases that only one of the results was asked for.
        doubts: what is doubtful about the runs of one of them, in words.
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
    doubts: list[str] = field(default_factory=list)
