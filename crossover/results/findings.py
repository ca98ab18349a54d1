"""What follows from runs: the parts of a result that analysis writes."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from crossover.results.records import Hops, Percentiles, Record


class Standing(StrEnum):
    """Where a transport stands beside the fastest."""

    FASTEST = "fastest"
    CLOSE = "not distinguishable"
    SLOWER = "slower"
    DAMAGED = "damaged"


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
    group: str = ""  # whom it was ranked against: what is promised, and whether inside one machine
    cpu_us: float | None = 0.0  # CPU time of all roles for one task; None: workers or broker were not ours
    wire_bytes: float | None = None  # bytes through the broker's connections for one task, both ways
    hops_us: Hops | None = None  # medians over the rounds


class Reach(Record):
    """How far one transport carries the workload across machines like this one.

    Measured here: with one machine, and the ceiling. Extrapolated: each further machine, and so their number.
    """

    transport: str
    here: float  # tasks/s with this machine alone
    per_machine: float | None  # tasks/s that each further one adds; None: its workers' CPU time is not known
    ceiling: float | None  # tasks/s of tasks that do nothing: so many it carried here, where all share one machine
    machines: int | None  # the fewest that pass the fastest local one; None: it cannot be told


class Crossing(Record):
    """The fastest inside one machine and the fastest across machines, and what lies between them."""

    local: str
    remote: str
    factor: float  # tasks/s of the local one, over those of the remote one
    added_us: float | None  # wall time that the remote one adds to a task; None: cannot be told
    from_ms: float | None  # a task that takes this long hides it: both then do the same within 5 %
    added_cpu_us: float | None  # CPU time of all roles that it adds to a task; None: cannot be told
    task_ms: float | None = None  # what a task of the workload takes a worker, where it was disturbed least
    enough: float | None = None  # tasks/s up to which this machine is enough: the local one's throughput
    reach: list[Reach] = msgspec.field(default_factory=list)


class LoadPoint(Record):
    """One transport at one rate, over all rounds."""

    transport: str
    fraction: float | None  # of the most that it can do in closed loop; None: the rate was typed
    rate: float  # asked for
    achieved: float | None  # tasks per second that came back
    keeps_up: bool | None  # None: there were too few outcomes to tell
    latency_ms: Percentiles  # from when a task should have been sent; medians over the rounds
    send_delay_ms: Percentiles  # likewise, until it was sent
    p99_low: float  # the 95 % interval of the latency's p99
    p99_high: float
    group: str  # what its transport promises, and whether inside one machine
    standing: Standing | None  # among those of its group at the same typed rate; None: it cannot be told
    verdict: str  # what is wrong with it; nothing where nothing is
    warnings: list[str] = msgspec.field(default_factory=list)


class BacklogPoint(Record):
    """One transport's backlog, over all rounds; how fast it was worked off is its throughput."""

    transport: str
    role: str  # who held it: broker or producer
    fill: float  # tasks accepted per second, while the workers stood still
    memory_bytes: int | None  # that this role's resident memory grew by, at most; None: its processes are not ours
    bytes_per_task: float | None  # None: memory grew by too little to tell


class ScalePoint(Record):
    """One transport with one number of workers, over all rounds."""

    transport: str
    workers: int
    throughput: float
    ci95_low: float
    ci95_high: float
    cpu_us: float | None
    memory_bytes: int | None  # peak resident memory of all roles; None, as the CPU: not all of them were ours
    limit: str  # what held it back: MACHINE, PRODUCER, GIL, or nothing that was seen
    rounds: int = 1
    damage: str = ""  # what went wrong in one of them, in words
    warnings: list[str] = msgspec.field(default_factory=list)


MACHINE, PRODUCER, GIL = "machine", "producer", "GIL"
"""What may hold a transport back: all cores are in use, the producer's one, or the one that threads take turns with."""


class Coefficient(Record):
    """One of a law, with its 95 % interval."""

    value: float
    low: float
    high: float


class Within(Record):
    """Between what a law lies with so many workers, with 95 % confidence, in tasks/s."""

    workers: float
    low: float
    high: float


class Law(Record):
    """How a transport scales: X(N) = γN / (1 + α(N-1) + βN(N-1)) (Gunther's Universal Scalability Law)."""

    transport: str
    alpha: Coefficient | None  # contention; None: it could not be fitted, and `refused` says why
    beta: Coefficient | None  # crosstalk
    gamma: Coefficient | None  # tasks/s of one worker
    peak_workers: float | None
    peak_is: str | None  # predicted | measured
    recommended_workers: int
    advice: str
    refused: str = ""
    band: list[Within] = msgspec.field(default_factory=list)  # over what was measured; nothing where there is no law


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


class Check(Record):
    """A break-even time that was tried: tasks that take so long, beside the same tasks without a transport."""

    transport: str
    task_ms: float
    predicted: float  # efficiency, 0 to 1
    measured: float
    low: float
    high: float
    holds: bool | None  # within 5 points; None: the interval is too wide to tell
