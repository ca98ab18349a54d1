"""The findings: the parts of a result that the analysis computes from its runs."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from crossover.results.records import Hops, Percentiles, Record


class Standing(StrEnum):
    """How a transport compares with the fastest of its group."""

    FASTEST = "fastest"
    CLOSE = "not distinguishable"
    SLOWER = "slower"
    LIMITED = "limited"  # by what is not its own, as by too few workers: compared with nothing
    UNPROVEN = "not proven"  # its runs, or those of the fastest, were too short or too noisy
    DAMAGED = "damaged"


class Limit(StrEnum):
    """What kept a transport from doing more in its runs; the most certain one."""

    WORKERS = "workers"  # all were busy all the time, and cores were free
    CORES = "cores"
    GIL = "GIL"  # threads take turns
    PRODUCER = "producer"
    BROKER = "broker"
    SHARED = "shared"  # something that tasks share, as a lock, a disk or a server: with more workers they take longer
    WINDOW = "window"
    INPUT = "input"  # too few tasks to know

    @property
    def is_of_plan(self) -> bool:
        """Whether the plan has set it: with other numbers in the plan, the same transport would do more."""
        return self in {Limit.WORKERS, Limit.WINDOW, Limit.INPUT}


class Ratio(Record):
    """A figure as a multiple of another, from the rounds in which both were measured; 1: equal.

    Attributes:
        low, high: its interval, at 95% for all comparisons of a table together.
        p: how likely chance alone makes such a difference, corrected for the number of comparisons.
        rounds: how many pairs it is from.
    """

    ratio: float
    low: float
    high: float
    p: float
    rounds: int

    @property
    def differs(self) -> bool:
        """Whether the interval is on one side of 1."""
        return self.low > 1 or self.high < 1


class Summary(Record):
    """One transport over all rounds."""

    transport: str
    throughput: float
    ci95_low: float
    ci95_high: float
    overhead_us: float | None
    break_even_ms: float | None
    verdict: str
    standing: Standing
    warnings: list[str] = msgspec.field(default_factory=list)
    group: str = ""  # its comparison group, as `Guarantee.group`
    cpu_us: float | None = 0.0  # CPU time of all roles per task; None: we did not start the workers or the broker
    wire_bytes: float | None = None  # bytes per task through the broker's connections, both ways
    hops_us: Hops | None = None  # medians over the rounds
    unloaded_ms: Percentiles | None = None  # latency of a task that does nothing, with one batch per worker
    to_fastest: Ratio | None = None  # throughput, to that of the fastest of its group; None: not compared
    workers: int = 0  # 0: not recorded by this version
    limit: Limit | None = None  # what kept it from doing more; None: unknown


class Pair(Record):
    """How much slower a transport, or a version of a function, is than the one that it is compared with.

    From the ratios of the rounds in which both are sound, with a 95% interval; parts, below 0: faster. None: unknown.
    """

    transport: str
    base: str
    rounds: int
    slower: float | None = None
    low: float | None = None
    high: float | None = None
    breached: bool = False  # slower by more than the gate, with all of the interval


class ValueComparison(Record):
    """Whether each task returned the same value in every run; only where no check of the workload decides."""

    checked: bool  # whether a check decides which values are right; then nothing else is filled in
    tasks: int = 0  # that returned a value
    differing: int = 0  # of these, those that did not return the same value in every run
    changing: list[str] = msgspec.field(default_factory=list)  # transports whose own runs differ
    alike: list[list[str]] = msgspec.field(default_factory=list)  # the others; in one list: the same values


class Reach(Record):
    """How far one transport carries the workload across machines like this one.

    Measured here: with one machine, and the ceiling. Extrapolated: each further machine, and so their number.
    """

    transport: str
    here: float  # tasks/s with this machine alone
    per_machine: float | None  # tasks/s that each further machine adds; None: the CPU time of the workers is unknown
    ceiling: float | None  # tasks/s of tasks that do nothing, measured with all roles on this machine
    machines: int | None  # the fewest that exceed the fastest local transport; None: unknown


class Crossing(Record):
    """The fastest local transport, the fastest through a broker, and the difference between them."""

    local: str
    remote: str
    factor: float  # tasks/s of the local one, over those of the remote one
    added_us: float | None  # wall time that the remote one adds to a task; None: unknown
    from_ms: float | None  # for tasks of this length and longer, both are the same within 5%
    added_cpu_us: float | None  # CPU time of all roles that it adds to a task; None: unknown
    task_ms: float | None = None  # what a task takes a worker, with the transport that disturbed it least
    enough: float | None = None  # tasks/s up to which this machine is enough: the local one's throughput
    reach: list[Reach] = msgspec.field(default_factory=list)
    ratio: Ratio | None = None  # `factor` round by round, with its interval; None: not recorded by this version


class LoadPoint(Record):
    """One transport at one rate, over all rounds."""

    transport: str
    fraction: float | None  # of its maximum in closed loop; None: the rate was typed
    rate: float  # requested
    achieved: float | None  # tasks per second that came back
    keeps_up: bool | None  # None: too few outcomes to know
    latency_ms: Percentiles  # from when a task should have been sent; medians over the rounds
    send_delay_ms: Percentiles  # likewise, until it was sent
    p99_low: float  # the 95% interval of the latency's p99
    p99_high: float
    group: str  # comparison group, as `Guarantee.group`
    standing: Standing | None  # in its group, at the same typed rate; None: unknown
    verdict: str  # what is wrong with it; empty: nothing
    warnings: list[str] = msgspec.field(default_factory=list)
    to_best: Ratio | None = None  # p99, to the lowest of its group at the same typed rate; None: not compared


class BacklogPoint(Record):
    """The backlog of one transport, over all rounds; the rate at which it was drained is its throughput."""

    transport: str
    role: str  # which role held it: broker or producer
    fill: float  # tasks accepted per second while the workers were stopped
    memory_bytes: int | None  # growth of this role's resident memory, at most; None: we did not start its processes
    bytes_per_task: float | None  # None: memory grew too little to know


class ScalePoint(Record):
    """One transport with one number of workers, over all rounds."""

    transport: str
    workers: int
    throughput: float
    ci95_low: float
    ci95_high: float
    cpu_us: float | None
    memory_bytes: int | None  # peak memory of all roles; None: we did not start all of them
    limit: str  # what limited it: MACHINE, or another Limit; empty: unknown
    rounds: int = 1
    damage: str = ""  # what went wrong in one of the rounds, in words
    warnings: list[str] = msgspec.field(default_factory=list)
    to_usual: Ratio | None = None  # of another setting: throughput, to that of the first setting; None: not compared


MACHINE, PRODUCER, GIL = "machine", str(Limit.PRODUCER), str(Limit.GIL)
"""What may limit a transport whatever the number of workers: all cores are in use, the producer's core, or the GIL."""


class Coefficient(Record):
    """A coefficient of a scaling law, with its 95% interval."""

    value: float
    low: float
    high: float


class Within(Record):
    """The 95% interval of a scaling law at a number of workers, in tasks/s."""

    workers: float
    low: float
    high: float


class Law(Record):
    """How a transport scales: X(N) = γN / (1 + α(N-1) + βN(N-1)) (Gunther's Universal Scalability Law)."""

    transport: str
    alpha: Coefficient | None  # contention; None: it could not be fitted, for the reason in `refused`
    beta: Coefficient | None  # crosstalk
    gamma: Coefficient | None  # tasks/s of one worker
    peak_workers: float | None
    peak_is: str | None  # predicted | measured
    recommended_workers: int
    advice: str
    refused: str = ""
    band: list[Within] = msgspec.field(default_factory=list)  # over the measured numbers of workers
    still_rising: bool = False  # at the largest number that was measured: then that is no recommendation


class SweepPoint(Record):
    """One transport with payloads of one size, over all rounds."""

    transport: str
    payload_bytes: int
    throughput: float
    ci95_low: float
    ci95_high: float
    mb_per_s: float  # of payload there and back, in 10^6 bytes
    group: str
    standing: Standing  # in its group, at this size
    verdict: str
    warnings: list[str] = msgspec.field(default_factory=list)
    to_fastest: Ratio | None = None  # throughput, to that of the fastest of its group at this size; None: not compared


class Check(Record):
    """A break-even time that was tried: tasks of that length, compared with the same tasks without a transport."""

    transport: str
    task_ms: float
    predicted: float  # efficiency, 0 to 1
    measured: float
    low: float
    high: float
    holds: bool | None  # within 5 points; None: the interval is too wide to tell
