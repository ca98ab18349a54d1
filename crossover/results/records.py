"""The parts of a result file: the plan, the host and every run."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from crossover.contract.safety import IN_MEMORY, Guarantee

SCHEMA_VERSION = 1
KIND = "kind"  # the field of a result with one of these
COMPARISON, SAFETY, SHARE, CLAIMS, JOB = "comparison", "safety", "share", "claims", "job"
DIFFERENCE = "difference"
WRONG_VALUE = "wrong value"  # how a reason begins if the workload's check rejected a value
RULE_OF_THREE = 3  # nothing in n tries: the rate is below 3/n at 95% (Hanley & Lippman-Hand 1983)
ENOUGH_ROUNDS = 4  # with this many, samples do not overlap by chance in less than 1 of 20 cases: 2 / C(8, 4)


class End(StrEnum):
    """How a run ended; in a result a colon and a detail may follow."""

    FINISHED = "finished"
    DIED = "a process died"
    BROKEN = "the transport broke"
    COUNTER_LOST = "the counter was lost"
    HUNG = "hung"
    TIME_UP = "time limit"
    INTERRUPTED = "interrupted"
    HALTED = "halted"  # a job in which too much has failed
    NOT_READ = "the input cannot be read"  # of a job
    NOT_WRITTEN = "the output cannot be written"  # likewise


class Record(msgspec.Struct):
    """A part of a result."""


class Host(Record):
    """The machine, and what is installed on it."""

    cpu: str
    cores: int
    memory_bytes: int
    kernel: str
    python: str
    gil: bool
    start_method: str
    packages: dict[str, str]
    brokers: dict[str, str] = {}
    all_cores: int = 0  # of the machine, whether we may use them or not; 0: unknown
    hash_seed: int | None = None  # PYTHONHASHSEED of the processes that run tasks; None: a different one in each
    cpu_quota: float | None = None  # cores that a control group allows on average; None: no quota
    memory_limit_bytes: int | None = None  # of a control group; None: no limit

    @property
    def capacity(self) -> float:
        """Cores that may be used on average."""
        return self.cores if self.cpu_quota is None else min(self.cores, self.cpu_quota)


class Interpreter(Record):
    """Another interpreter that ran a transport, where `python=` named one."""

    path: str
    python: str
    gil: bool
    start_method: str
    packages: dict[str, str]


class Plan(Record):
    """What is to be measured."""

    command: list[str]
    transports: list[str]
    workload: str
    input: str | None
    safety: str
    tasks: int
    workers: int
    batch: int
    window: int  # tasks outstanding at most, where `windows` has no other for a transport
    payload_bytes: int | None  # the first, if there are several
    rounds: int  # at most, if `until_within` or `until_apart` is set
    seed: int
    until_within: float | None = None  # rounds go on until half the interval is this fraction of the median
    until_apart: bool = False  # rounds go on for those that may still be the fastest of their group
    rate: float | None = None  # tasks per second: open loop
    fractions: list[float] = []  # of the maximum of each transport: open loop at these
    seconds: float | None = None  # of a run, about, unless a number of tasks was typed; `tasks` is then the maximum
    least_seconds: float | None = None  # of a run, about: its `tasks` repeat until then
    once: bool = False  # no item is run twice through a transport: nothing is learnt before, and nothing warms up
    backlog: bool = False  # all tasks are submitted before the workers may begin
    payloads: list[int] = []  # sizes in bytes, if there are several
    worker_counts: list[int] = []  # if there are several; `workers` is the largest
    worker_counts_of: dict[str, list[int]] = {}  # label → its own, where none was typed, as far as they are found
    check: bool = False  # whether the break-even times are tried
    against: str | None = None  # the other version of the function, as typed; each transport runs both
    gate: float | None = None  # part by which nothing may be slower than what it is compared with
    compared_with: dict[str, str] = {}  # label → label of what it is compared with, round by round (`pairs`)
    windows: dict[str, int] = {}  # label → tasks outstanding at most, as a search has found (`window_searches`)
    advise: bool = False  # the transports are those that a search has found
    servers: dict[str, str] = {}  # label → server address, for servers that we did not start

    @property
    def labels(self) -> list[str]:
        """Labels of what is measured."""
        return self.transports

    def window_of(self, label: str) -> int:
        """Return how many tasks of a transport may be outstanding."""
        return self.windows.get(label, self.window)


class LoadShape(Record):
    """How tasks were sent: closed loop with a window (tasks), open loop with a rate (tasks/s), or as a backlog."""

    mode: str
    window: int | None = None
    rate: float | None = None
    fraction: float | None = None  # of the maximum of the transport that the rate is


CLOSED, OPEN, BACKLOG = "closed", "open", "backlog"
"""The modes of a load."""


class Percentiles(Record):
    """Of all samples; p99.9 only for 10,000 or more. In closed loop this is queueing time: it grows with the window."""

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
    """CPU time and memory of a run, by role (producer, workers, broker)."""

    cpu_seconds: dict[str, float]
    cpu_seconds_per_1000_tasks: float
    others_cpu_seconds: float  # of processes that this command did not start, on our cores
    peak_rss_bytes: dict[str, int]
    shared_once: list[str] = []  # roles whose memory counts a page once that their processes share (PSS, not RSS)
    private_bytes: int | None = None  # the most that a worker process had to itself; None: unknown
    running_threads: float | None = None  # of all workers: that ran or waited for a core, on average; None: unknown
    idle_seconds: float = 0.0  # that the cores which we may use had nothing to do, meanwhile
    stolen_seconds: float = 0.0  # CPU time that a hypervisor gave to other virtual machines, meanwhile
    throttled_seconds: float = 0.0  # CPU time that the quota of a control group withheld
    too_hot: int = 0  # how often a core was slowed down because it was too hot
    rounding_seconds: dict[str, float] = {}  # role → how far its CPU time may be off, where the kernel told it in ticks


class Delivered(Record):
    """The verdict on a run: numbers of tasks (docs/safety.md defines the words)."""

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
    begun_again: int | None = None  # only if workers keep journals
    uncollected: int | None = None  # likewise


class Backlog(Record):
    """The tasks that waited before the workers began; their drain rate is the throughput of the run."""

    role: str  # which role held it: broker or producer
    memory_bytes: int | None  # growth of this role's resident memory; None: we did not start its processes
    fill_seconds: float


class Run(Record):
    """One measured repetition; `transport` is the label, which differs for what was named twice."""

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
    ending: str  # an End; a colon and a detail may follow
    reasons: dict[str, int] = {}
    warnings: list[str] = []
    guarantee: Guarantee = IN_MEMORY
    achieved_rate: float | None = None  # open loop: tasks per second that came back (docs/method.md)
    send_delay_ms: Percentiles | None = None  # open loop: how much later than due
    backlog: Backlog | None = None
    execute_seconds: float = 0.0  # time in which workers ran tasks, summed over messages
    position: int | None = None  # in its round, from 1; None: not recorded by this version

    @property
    def name(self) -> str:
        """The transport's name, as in the registry."""
        return self.url.partition("?")[0].partition("://")[0]


class Skipped(Record):
    """A transport that was not measured, and why."""

    transport: str
    reason: str

    @property
    def label(self) -> str:
        """Label of what was skipped."""
        return self.transport
