"""The result of `safety`: one run per cell of the matrix."""

from __future__ import annotations

import msgspec

from crossover.contract.safety import Guarantee
from crossover.results.records import (
    KIND,
    SAFETY,
    SCHEMA_VERSION,
    Delivered,
    Host,
    Interpreter,
    LoadShape,
    Record,
    Skipped,
)

SYMPTOMS = {"L": "lost", "D": "duplicated", "H": "hung", "E": "visible error", "C": "corrupted", "U": "unexpected"}
"""The letters of a cell."""


class SafetyPlan(Record):
    """What is to be measured."""

    command: list[str]
    transports: list[str]
    levels: list[str]
    faults: list[str]
    workload: str
    input: str | None
    input_digest: str  # of the function and all payloads
    servers: dict[str, str]  # label → server address, for servers that we did not start
    tasks: int
    workers: int
    batch: int
    window: int
    rounds: int
    seed: int
    refused: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)  # label → level → why not with its server

    @property
    def labels(self) -> list[str]:
        """Labels of what is measured."""
        return self.transports


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
    error: str  # the error that the producer got; empty if it got none
    struck_at: int | None  # tasks done before the fault, or the task that it struck; None: it did not strike
    recovery_seconds: float | None  # from the fault until everything that had been submitted before was done
    taken_over: int  # how often another process took over
    settings: str  # what the safety level sets
    loss_bound: float | None  # if nothing was lost: the loss rate is below this, with 95% confidence (3 / accepted)
    symptoms: str  # letters of SYMPTOMS
    expected: str  # the same letters; lower-case ones may be absent
    source: str  # of the expectation
    differs: str  # in words; empty if the symptoms are as expected
    guarantee: Guarantee
    evidence: str  # folder with journals and broker settings, if it differs


class Unmeasured(Record):
    """A cell that makes no sense for a transport, or that could not be measured here, and why."""

    transport: str
    safety: str
    fault: str
    reason: str
    meaningless: bool


class SafetyCost(Record):
    """What a safety level costs, and what it prevents."""

    transport: str
    safety: str
    throughput: float  # tasks/s with tasks that do nothing, and no fault
    lost: int  # under kill-worker-busy
    duplicated: int
    accepted: int


class Planted(Record):
    """A misbehaviour that was planted to test the checker."""

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
    server_warnings: dict[str, list[str]] = msgspec.field(default_factory=dict)  # label → sentences
    interpreters: dict[str, Interpreter] = msgspec.field(default_factory=dict)  # label → its own, where it has one
    finished: bool = False  # False: the same command continues where this ends
