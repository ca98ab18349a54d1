"""The result of `compare` and `scale`: what `--json` writes, and what reports are made from."""

from __future__ import annotations

import msgspec

from crossover.results.advice import Advice
from crossover.results.conclusions.answer import Answer
from crossover.results.conclusions.findings import (
    BacklogPoint,
    Check,
    Crossing,
    Law,
    LoadPoint,
    Pair,
    ScalePoint,
    Summary,
    SweepPoint,
    ValueComparison,
)
from crossover.results.records import (
    COMPARISON,
    KIND,
    SCHEMA_VERSION,
    Host,
    Interpreter,
    Plan,
    Record,
    Run,
    Skipped,
)
from crossover.results.task import TaskSample
from crossover.results.windows import WindowSearch


class Bookkeeping(Record):
    """CPU time of ours per task besides carrying and running it, in µs: recording, time stamps, checks.

    Of tasks that do nothing, measured with a transport that does nothing.

    Attributes:
        producer_us, worker_us: as in most transports inside one machine: with one task per message, a sample of the
            outcomes has time stamps.
        stamped_producer_us, stamped_worker_us: where each outcome has them: through brokers, and in `serial` and
            `threads`; None: the same, since there are several tasks in a message, or not measured.
    """

    batch: int
    window: int
    producer_us: float
    worker_us: float
    stamped_producer_us: float | None = None
    stamped_worker_us: float | None = None


class Result(Record, kw_only=True, tag_field=KIND, tag=COMPARISON):
    """All runs of one invocation of `compare` or `scale`."""

    schema_version: int = SCHEMA_VERSION
    tool: str
    started_at: str
    host: Host
    plan: Plan
    runs: list[Run] = msgspec.field(default_factory=list)
    probes: list[Run] = msgspec.field(default_factory=list)  # of tasks that do nothing, or take a given time
    summary: list[Summary] = msgspec.field(default_factory=list)
    pairs: list[Pair] = msgspec.field(default_factory=list)
    crossing: Crossing | None = None
    skipped: list[Skipped] = msgspec.field(default_factory=list)
    wire: dict[str, float] = msgspec.field(default_factory=dict)  # label → bytes of a task through its broker
    backlogs: list[BacklogPoint] = msgspec.field(default_factory=list)
    points: list[ScalePoint] = msgspec.field(default_factory=list)
    laws: list[Law] = msgspec.field(default_factory=list)
    loads: list[LoadPoint] = msgspec.field(default_factory=list)
    sweep: list[SweepPoint] = msgspec.field(default_factory=list)
    checks: list[Check] = msgspec.field(default_factory=list)
    server_warnings: dict[str, list[str]] = msgspec.field(default_factory=dict)  # label → sentences
    window_searches: list[WindowSearch] = msgspec.field(default_factory=list)  # if it was typed: of brokers only
    values: ValueComparison | None = None  # None: not recorded by this version
    interpreters: dict[str, Interpreter] = msgspec.field(default_factory=dict)  # label → its own, where it has one
    bookkeeping: Bookkeeping | None = None  # None: not measured
    task: TaskSample | None = None  # what a task takes by itself; None: not measured
    answer: Answer | None = None  # None: nothing can be concluded
    advice: Advice | None = None  # None: not from `advise`
