"""The parts of the result file: what was asked for, on which machine, and every run."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from crossover.contract.safety import IN_MEMORY, Guarantee

SCHEMA_VERSION = 1
KIND = "kind"  # the field of a result that says which of these it is
COMPARISON, SAFETY, SHARE, DIFFERENCE = "comparison", "safety", "share", "difference"
WRONG_VALUE = "wrong value"  # how a reason begins where the workload's check refused a value
RULE_OF_THREE = 3  # nothing in n tries: the rate is below 3/n at 95 % (Hanley & Lippman-Hand 1983)
ENOUGH_ROUNDS = 4  # from here on, samples that do not overlap are rarer than 1 in 20 by chance: 2 / C(8, 4)


class End(StrEnum):
    """How a run ended; in a result a colon and a detail may follow."""

    FINISHED = "finished"
    DIED = "a process died"
    BROKEN = "the transport broke"
    COUNTER_LOST = "the counter was lost"
    HUNG = "hung"
    TIME_UP = "time limit"
    INTERRUPTED = "interrupted"


class Record(msgspec.Struct):
    """A part of a result."""


class Host(Record):
    """The machine, and what was installed there."""

    cpu: str
    cores: int
    memory_bytes: int
    kernel: str
    python: str
    gil: bool
    start_method: str
    packages: dict[str, str]
    brokers: dict[str, str] = {}
    all_cores: int = 0  # of the machine, be they ours to use or not; 0: not known


class Plan(Record):
    """What was asked for."""

    command: list[str]
    transports: list[str]
    workload: str
    input: str | None
    safety: str
    tasks: int
    workers: int
    batch: int
    window: int
    payload_bytes: int | None  # of several, the first
    rounds: int  # at most, where `until_within` is set
    seed: int
    until_within: float | None = None  # rounds go on until the interval's half width is this part of the median
    rate: float | None = None  # tasks per second: open loop
    fractions: list[float] = []  # of the most that each transport can do: open loop at these
    seconds: float | None = None  # that a run takes, about, where nobody says how many tasks; `tasks` is the most
    backlog: bool = False  # all tasks are submitted before the workers may begin
    payloads: list[int] = []  # sizes in bytes, where there are several
    worker_counts: list[int] = []  # where there are several; `workers` is the most
    check: bool = False  # whether the break-even times were tried
    servers: dict[str, str] = {}  # label → where its broker is, where that was not started by us


class LoadShape(Record):
    """How tasks were sent: closed loop with a window (tasks), open loop with a rate (tasks/s), or as a backlog."""

    mode: str
    window: int | None = None
    rate: float | None = None
    fraction: float | None = None  # that the rate is of the most that the transport can do


CLOSED, OPEN, BACKLOG = "closed", "open", "backlog"
"""The modes of a load."""


class Percentiles(Record):
    """Of all samples; p99.9 only from 10,000 on. In closed loop this is queueing time: it grows with the window."""

    p50: float
    p90: float
    p99: float
    p999: float | None
    max: float
    mean: float


class Hops(Record):
    """Medians in microseconds: the submitting call; from then until the worker began; its work on the message; back."""

    submit: float
    wait: float
    execute: float
    back: float = msgspec.field(name="return")


class Cost(Record):
    """What a run used, by role (producer, workers, broker)."""

    cpu_seconds: dict[str, float]
    cpu_seconds_per_1000_tasks: float
    others_cpu_seconds: float  # used by the rest of the machine meanwhile
    peak_rss_bytes: dict[str, int]


class Delivered(Record):
    """What the ledger says, in tasks (docs/safety.md has the words)."""

    attempted: int
    accepted: int
    completed: int
    failed: int
    lost: int
    duplicated: int
    unexpected: int
    recovered: int
    reordered: int
    corrupted: int
    begun_again: int | None = None  # only where workers keep journals
    uncollected: int | None = None  # likewise


class Backlog(Record):
    """What lay in wait before the workers began; its drain rate is the run's throughput."""

    role: str  # who held it: broker or producer
    memory_bytes: int | None  # that this role's resident memory had grown by; None: its processes are not ours
    fill_seconds: float


class Run(Record):
    """One measured repetition; `transport` is the label that tells apart what was named twice."""

    transport: str
    url: str
    workload: str
    safety: str
    workers: int
    batch: int
    payload_bytes: int | None
    load: LoadShape
    fault: str
    round: int
    tasks: int
    seconds: float
    throughput: float
    latency_ms: Percentiles | None
    hops_us: Hops | None
    cost: Cost
    delivery: Delivered
    hung: bool
    value_digest: str
    ending: str  # an End, and what is known about it
    reasons: dict[str, int] = {}
    warnings: list[str] = []
    guarantee: Guarantee = IN_MEMORY
    achieved_rate: float | None = None  # open loop: tasks per second that came back (docs/method.md)
    send_delay_ms: Percentiles | None = None  # open loop: how much later than intended
    backlog: Backlog | None = None
    execute_seconds: float = 0.0  # how long workers were at the work itself, summed over messages

    @property
    def name(self) -> str:
        """The transport's name, as in the registry."""
        return self.url.partition("?")[0].partition("://")[0]

    @property
    def elapsed(self) -> float:
        """Seconds for which its cost was counted: those of filling are not among those of working it off."""
        return self.seconds + (self.backlog.fill_seconds if self.backlog else 0.0)

    @property
    def all_ours(self) -> bool:
        """Whether all that worked for it was ours: else neither its cost is known, nor who else used the machine."""
        return not self.guarantee.crosses_machines or {"workers", "broker"} <= self.cost.cpu_seconds.keys()


class Skipped(Record):
    """A transport that was not measured, and why."""

    transport: str
    reason: str
