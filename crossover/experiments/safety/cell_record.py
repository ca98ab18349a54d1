"""From what was observed of a fault run to the record of its cell."""

from __future__ import annotations

import msgspec

from crossover.analysis.safety import ledger_verdict
from crossover.analysis.safety.expectation import Expectation, deviation, expectation_of
from crossover.execution.faults.fault import Moment
from crossover.execution.faults.fault_run import FaultRun
from crossover.experiments.safety.cell import Cell
from crossover.results.records import CLOSED, RULE_OF_THREE, Delivered, LoadShape
from crossover.results.safety import SYMPTOMS, SafetyPlan, SafetyRun

NOT_STRUCK = "the fault did not strike: the run had already ended"


def record_of(cell: Cell, plan: SafetyPlan, observed: FaultRun, evidence: str) -> SafetyRun:
    """Judge a fault run, compare it with what is expected, and return the record.

    Args:
        cell: what was run.
        plan: of the matrix.
        observed: what was observed.
        evidence: the folder of its journals.
    """
    traits = cell.address.traits
    delivery = ledger_verdict.verdict_of_ledger(observed.ledger)
    symptoms = symptoms_of(delivery, hung=bool(observed.hung), error=bool(observed.error))
    expectation = expectation_of(cell.address.name, cell.level, cell.fault.name)
    strikes = cell.fault.moment in {Moment.BUSY, Moment.IDLE}
    struck_in_time = bool(observed.struck) or not strikes
    known = expectation or Expectation("", "")
    return SafetyRun(
        transport=cell.label,
        url=cell.address.url,
        workload=plan.workload,
        safety=cell.level,
        workers=plan.workers,
        batch=plan.batch,
        load=LoadShape(mode=CLOSED, window=plan.window),
        fault=cell.fault.name,
        round=cell.round,
        tasks=plan.tasks,
        seconds=observed.seconds,
        throughput=delivery.completed / observed.seconds if observed.seconds else 0.0,
        delivery=delivery,
        hung=bool(observed.hung),
        why_hung=observed.hung,
        error=observed.error,
        struck_at=_struck_at(cell, plan, observed),
        recovery_seconds=_recovery_seconds(observed),
        taken_over=observed.taken_over,
        settings=traits.level_settings[cell.level],
        loss_bound=None if delivery.lost or not delivery.accepted else RULE_OF_THREE / delivery.accepted,
        symptoms=symptoms,
        expected=known.symptoms,
        source=known.source,
        differs=deviation(symptoms, expectation) if struck_in_time else NOT_STRUCK,
        guarantee=traits.guarantees[cell.level],
        evidence=evidence,
    )


def _struck_at(cell: Cell, plan: SafetyPlan, observed: FaultRun) -> int | None:
    if cell.fault.moment is Moment.TASK:
        return cell.strike_at(plan)
    return observed.done_before if observed.struck else None


def _recovery_seconds(observed: FaultRun) -> float | None:
    if not (observed.struck and observed.attempted_before):
        return None
    return ledger_verdict.recovery_seconds(observed.ledger, observed.attempted_before, observed.struck)


def symptoms_of(delivery: Delivered, *, hung: bool, error: bool) -> str:
    """Return the letters of the symptoms that were observed."""
    counts = {"hung": hung, "visible error": error, **msgspec.structs.asdict(delivery)}
    return "".join(letter for letter, symptom in SYMPTOMS.items() if counts[symptom])
