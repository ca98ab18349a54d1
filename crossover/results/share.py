"""The result of `share`."""

from __future__ import annotations

from enum import StrEnum

from msgspec import field

from crossover.results.conclusions.findings import Ratio
from crossover.results.records import KIND, SCHEMA_VERSION, SHARE, Host, Percentiles, Record


class Finding(StrEnum):
    """The verdict on all rounds of a shared state."""

    BROKEN_PROMISE = "promised to lose nothing, and did"
    DAMAGED = "did not end well"
    LOST = "lost updates"
    NOTHING_SHARED = "nothing is shared"
    NOTHING_PROVED = "proves nothing"
    KEPT = "lost nothing"


class Reach(StrEnum):
    """What a shared state can be between."""

    THREADS = "threads"  # of one process
    PROCESSES = "processes"  # of one machine
    MACHINES = "machines"


class SharePlan(Record):
    """What is to be measured: a number of updates per run, or seconds per run."""

    command: list[str]
    states: list[str]
    workers: int
    rounds: int
    updates: int | None
    seconds: float | None
    servers: dict[str, str] = field(default_factory=dict)  # label → server address, for servers that we did not start

    @property
    def labels(self) -> list[str]:
        """Labels of what is measured."""
        return self.states


class ShareRun(Record):
    """One measured repetition; `state` is the label, which differs for what was named twice.

    Attributes:
        updates: how many were acknowledged.
        lost_updates: acknowledged and not in the counter; None: the value of the counter is unknown.
        unacknowledged: in the counter and not acknowledged.
        overlap: the time in which all workers ran, as a fraction of the time in which any did.
        turns: how often a worker saw that another had changed the counter between two of its own updates.
        overlapped: whether a loss could have happened (docs/method.md); if not, the run proves nothing.
        fairness: Jain's index of the workers' updates per second; 1: all equal, 1 / workers: one did everything.
    """

    state: str
    url: str
    safe: bool
    workers: int
    round: int
    updates: int
    seconds: float
    updates_per_second: float
    lost_updates: int | None
    unacknowledged: int | None
    final: int | None
    overlapped: bool
    overlap: float
    turns: int
    fairness: float
    latency_us: Percentiles | None
    retries: int
    errors: int
    ending: str  # an End; a colon and a detail may follow
    reasons: dict[str, int] = field(default_factory=dict)
    position: int | None = None  # in its round, from 1; None: not recorded by this version


class ShareSummary(Record):
    """One shared state over all rounds.

    Attributes:
        made_safe_by: what makes an update safe, or "nothing".
        updates, lost_updates, retries, errors: of all rounds.
        overlapped: how many rounds overlapped.
        fairness, p50_us, p99_us: medians over the rounds.
        reach: what it can be between; None: not recorded by this version.
        without: the state that does the same without what makes this one safe, if that was measured, too.
        factor: updates/s, as a multiple of those of `without`.
        added_us: wall time that an update takes longer than with `without`.
    """

    state: str
    made_safe_by: str
    safe: bool
    updates_per_second: float
    ci95_low: float
    ci95_high: float
    updates: int
    lost_updates: int
    retries: int
    errors: int
    rounds: int
    overlapped: int
    fairness: float
    p50_us: float | None
    p99_us: float | None
    verdict: Finding
    without: str = ""
    factor: float | None = None
    added_us: float | None = None
    reach: Reach | None = None
    ratio: Ratio | None = None  # `factor` round by round, with its interval; None: too few rounds


class SkippedState(Record):
    """A shared state that was not measured, and why."""

    state: str
    reason: str

    @property
    def label(self) -> str:
        """Label of what was skipped."""
        return self.state


class ShareResult(Record, kw_only=True, tag_field=KIND, tag=SHARE):
    """All runs of one invocation of `share`."""

    schema_version: int = SCHEMA_VERSION
    tool: str
    started_at: str
    host: Host
    plan: SharePlan
    runs: list[ShareRun] = field(default_factory=list)
    summary: list[ShareSummary] = field(default_factory=list)
    skipped: list[SkippedState] = field(default_factory=list)
    server_warnings: dict[str, list[str]] = field(default_factory=dict)  # label → sentences
