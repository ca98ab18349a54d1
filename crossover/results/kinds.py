"""The kinds of results: the record of each, and what it is about."""

from __future__ import annotations

from enum import StrEnum

from crossover.results.claims import ClaimsResult
from crossover.results.comparison import Result
from crossover.results.conclusions.difference import Difference
from crossover.results.job import JobResult
from crossover.results.records import CLAIMS, COMPARISON, DIFFERENCE, JOB, SAFETY, SHARE, Plan
from crossover.results.safety import SafetyResult
from crossover.results.share import ShareResult

Measured = Result | SafetyResult | ShareResult | ClaimsResult
"""What a command has found out."""
AnyResult = Measured | JobResult
KINDS: dict[str, type[AnyResult]] = {
    COMPARISON: Result,
    SAFETY: SafetyResult,
    SHARE: ShareResult,
    CLAIMS: ClaimsResult,
    JOB: JobResult,
}
"""What a result file calls its kind → the record that it is."""


class Kind(StrEnum):
    """What a result is about. A result file calls the first six "comparison": its plan tells them apart."""

    COMPARISON = COMPARISON  # transports in closed loop
    ADVICE = "advice"  # transports with the settings that a search has found
    RATE = "rate"  # transports at one rate, in open loop
    BACKLOG = "backlog"  # transports with a backlog
    PAYLOAD_SIZES = "payload sizes"  # transports with payloads of several sizes
    SCALE = "scale"  # transports with several numbers of workers
    SAFETY = SAFETY
    SHARE = SHARE
    CLAIMS = CLAIMS  # what is said about processes, threads and queues
    JOB = JOB  # what `run` has done
    DIFFERENCE = DIFFERENCE


def kind_of(result: AnyResult | Difference) -> Kind:
    """Return what a result is about."""
    return kind_of_plan(result.plan) if isinstance(result, Result) else Kind(file_kind(result))


def kind_of_plan(plan: Plan) -> Kind:
    """Return what a result of `compare` or `scale` is about."""
    if plan.advise:
        return Kind.ADVICE
    if plan.worker_counts:
        return Kind.SCALE
    if plan.payloads:
        return Kind.PAYLOAD_SIZES
    if plan.backlog:
        return Kind.BACKLOG
    return Kind.COMPARISON if plan.rate is None else Kind.RATE


def file_kind(result: AnyResult | Difference) -> str:
    """Return what a result file calls its kind."""
    return str(result.__struct_config__.tag)
