"""A cell of the safety matrix: from what was seen of a run to what is written down about it."""

from __future__ import annotations

import random
import re
from typing import NamedTuple

import msgspec

from crossover.analysis.safety import verdict
from crossover.analysis.safety.expectation import Expectation, difference, expected
from crossover.contract.registry import Address
from crossover.contract.safety import Safety
from crossover.contract.transport import Transport
from crossover.execution.faults.fault import Fault, Moment
from crossover.execution.faults.fault_run import FaultRun
from crossover.results.records import RULE_OF_THREE, Delivered, LoadShape
from crossover.results.safety import SYMPTOMS, SafetyPlan, SafetyRun

NOT_STRUCK = "the fault did not strike: the run was over before"
EARLIEST, LATEST = 0.2, 0.7  # of the tasks that have been done when a fault strikes


class Cell(NamedTuple):
    """What is to be run.

    Attributes:
        label: of the transport.
        address: of the transport.
        level: the safety level.
        fault: what happens.
        round: which repetition.
    """

    label: str
    address: Address
    level: Safety
    fault: Fault
    round: int

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What tells it from others, in a result."""
        return self.label, self.level.value, self.fault.name, self.round

    @property
    def name(self) -> str:
        """What to call it while it runs."""
        return f"{self.label} {self.level} {self.fault.name}"

    @property
    def row(self) -> str:
        """What it has in common with the cells beside it."""
        return f"{self.label} {self.level}"

    def strike_at(self, plan: SafetyPlan) -> int:
        """Return after how many tasks the fault strikes: drawn, and the same again for the same seed."""
        if self.fault.moment in {Moment.NEVER, Moment.IDLE}:
            return 0
        drawn = random.Random(f"{plan.seed} {' '.join(map(str, self.key))}")  # noqa: S311 - not for secrets
        return int(plan.tasks * drawn.uniform(EARLIEST, LATEST))


def record(cell: Cell, plan: SafetyPlan, seen: FaultRun, evidence: str) -> SafetyRun:
    """Judge what was seen, and write it down.

    Args:
        cell: what was run.
        plan: of the matrix.
        seen: what was seen.
        evidence: the folder that holds it.
    """
    delivery = verdict.verdict_of(seen.ledger)
    found = symptoms(delivery, hung=bool(seen.hung), error=bool(seen.error))
    expectation = expected(cell.address.name, cell.level, cell.fault.name)
    said = expectation or Expectation("", "")
    strikes = cell.fault.moment in {Moment.BUSY, Moment.IDLE}
    differs = difference(found, expectation) if seen.struck or not strikes else NOT_STRUCK
    return SafetyRun(
        transport=cell.label,
        url=cell.address.url,
        workload=plan.workload,
        safety=cell.level,
        workers=plan.workers,
        batch=plan.batch,
        load=LoadShape(mode="closed", window=plan.window),
        fault=cell.fault.name,
        round=cell.round,
        tasks=plan.tasks,
        seconds=seen.seconds,
        throughput=delivery.completed / seen.seconds if seen.seconds else 0.0,
        delivery=delivery,
        hung=bool(seen.hung),
        why_hung=seen.hung,
        error=seen.error,
        struck_at=_struck_at(cell, plan, seen),
        recovery_seconds=(
            verdict.recovery(seen.ledger, seen.attempted_before, seen.struck) if seen.attempted_before else None
        ),
        taken_over=seen.taken_over,
        settings=settings_of(cell.address.transport, cell.level),
        loss_bound=None if delivery.lost or not delivery.accepted else RULE_OF_THREE / delivery.accepted,
        symptoms=found,
        expected=said.symptoms,
        source=said.source,
        differs=differs,
        guarantee=cell.address.transport.guarantees[cell.level],
        evidence=evidence,
    )


def _struck_at(cell: Cell, plan: SafetyPlan, seen: FaultRun) -> int | None:
    if cell.fault.moment is Moment.TASK:
        return cell.strike_at(plan)
    return seen.done_before if seen.struck else None


def symptoms(delivery: Delivered, *, hung: bool, error: bool) -> str:
    """Return the letters of what was seen."""
    counts = {"hung": hung, "visible error": error, **msgspec.structs.asdict(delivery)}
    return "".join(letter for letter, what in SYMPTOMS.items() if counts[what])


def settings_of(kind: type[Transport], level: Safety) -> str:
    """Return what a safety level switches: the paragraph in a transport's docstring says "fast: ... default: ..."."""
    names = "|".join(member.value for member in Safety)
    paragraphs = (" ".join(text.split()) for text in (kind.__doc__ or "").split("\n\n"))
    found = next((text for text in paragraphs if re.match(rf"(?:{names})\b.*: ", text)), "")
    _, *parts = re.split(rf"(?:^|(?<=\. ))((?:{names})(?:, (?:{names}))*): ", found)
    switched = zip(parts[::2], parts[1::2], strict=True)
    said = next((what.strip() for levels, what in switched if level.value in levels.split(", ")), "")
    return "nothing can be switched" if said == "the same." else said
