"""The record of a cell, made from a literal observation."""

from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.tasks import Receipt
from crossover.execution.faults.catalogue import FAULTS
from crossover.execution.faults.fault_run import FaultRun
from crossover.execution.producer.protocol import Ready
from crossover.experiments.safety.cell import Cell
from crossover.experiments.safety.cell_record import NOT_STRUCK, record_of
from crossover.recording.journals.ledger import Ledger
from crossover.results.safety import SafetyPlan

SECOND = 1_000_000_000  # nanoseconds
PLAN = SafetyPlan(
    command=[],
    transports=["manager"],
    levels=["default"],
    faults=["kill-broker"],
    workload="echo",
    input=None,
    input_digest="",
    servers={},
    tasks=3,
    workers=1,
    batch=1,
    window=1,
    rounds=1,
    seed=0,
)


def record(struck):
    """Return the record of a run whose three tasks are done after one, two and three seconds."""
    ledger = Ledger(3)
    ledger.receipts[:] = bytes((Receipt.ACCEPTED,)) * 3
    ledger.begun[:] = ledger.done[:] = ledger.collected[:] = b"\1\1\1"
    for task in range(3):
        ledger.first_done[task] = (task + 1) * SECOND
    observed = FaultRun(ledger, 3.0, struck, 3, 1, "", "", 0, Ready("", {}, {}, 0.0))
    cell = Cell("manager", parse("manager"), Safety.DEFAULT, FAULTS["kill-broker"], 1)
    return record_of(cell, PLAN, observed, "folder")


def test_recovery_counts_from_the_strike():
    run = record(struck=2 * SECOND)
    assert (run.struck_at, run.recovery_seconds) == (1, 1.0)
    assert "expected, but not seen: lost" in run.differs


def test_a_fault_that_did_not_strike_has_no_recovery():
    run = record(struck=0)
    assert (run.struck_at, run.recovery_seconds) == (None, None)
    assert run.differs == NOT_STRUCK
