"""What `crossover safety` writes: a run per cell of the matrix, in the file that every command writes."""

from __future__ import annotations

import msgspec

from crossover.contract.safety import Guarantee
from crossover.results.records import KIND, SAFETY, SCHEMA_VERSION, Delivered, Host, LoadShape, Record, Skipped

SYMPTOMS = {"L": "lost", "D": "duplicated", "H": "hung", "E": "visible error", "C": "corrupted", "U": "unexpected"}
"""The letters of a cell."""


class SafetyPlan(Record):
    """What was asked for."""

    command: list[str]
    transports: list[str]
    levels: list[str]
    faults: list[str]
    workload: str
    input: str | None
    input_digest: str  # of the function's name and all payloads
    servers: dict[str, str]  # where brokers are that were not started by us
    tasks: int
    workers: int
    batch: int
    window: int
    rounds: int
    seed: int


class SafetyRun(Record):
    """One run under one fault: a cell of the matrix, or one of its repetitions."""

    transport: str
    url: str
    workload: str
    safety: str
    workers: int
    batch: int
    load: LoadShape
    fault: str
    round: int
    tasks: int
    seconds: float
    throughput: float
    delivery: Delivered
    hung: bool
    why_hung: str
    error: str  # what told the producer that something was wrong; nothing where nothing did
    struck_at: int | None  # after, or with, so many tasks; None: it did not strike while the run went on
    recovery_seconds: float | None  # from the strike until all that had been submitted before was done
    taken_over: int  # how often another process had to go on
    settings: str  # what the safety level switches
    loss_bound: float | None  # where nothing was lost, at 95 % confidence less than this part is (3 / accepted)
    symptoms: str  # letters of SYMPTOMS
    expected: str  # the same letters; small ones may be there or not
    source: str  # of the expectation
    differs: str  # in words; nothing where it is as expected
    guarantee: Guarantee
    evidence: str  # folder that holds journals and broker settings, where it differs


class Unmeasured(Record):
    """A cell that means nothing, or that could not be measured here, and why."""

    transport: str
    safety: str
    fault: str
    reason: str
    meaningless: bool


class SafetyCost(Record):
    """What a safety level costs, and what it saves."""

    transport: str
    safety: str
    throughput: float  # tasks/s with tasks that do nothing, and no fault
    lost: int  # under kill-worker-busy
    duplicated: int
    accepted: int


class Planted(Record):
    """A misbehaviour that was planted to prove the checker."""

    what: str
    planted: int
    found: int


class SafetyResult(Record, kw_only=True, tag_field=KIND, tag=SAFETY):
    """All runs of one invocation of `crossover safety`."""

    schema_version: int = SCHEMA_VERSION
    tool: str
    started_at: str
    host: Host
    plan: SafetyPlan
    self_test: list[Planted] = msgspec.field(default_factory=list)
    runs: list[SafetyRun] = msgspec.field(default_factory=list)
    unmeasured: list[Unmeasured] = msgspec.field(default_factory=list)
    costs: list[SafetyCost] = msgspec.field(default_factory=list)
    skipped: list[Skipped] = msgspec.field(default_factory=list)
    finished: bool = False  # False: the same command goes on where this ends
