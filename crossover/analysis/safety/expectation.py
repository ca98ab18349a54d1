"""Compares a cell of the safety matrix with what is expected of it, and with what its transport promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from crossover.analysis.safety.expected_cells import EVERYWHERE, ROWS, Row
from crossover.contract.safety import Safety
from crossover.results.safety import SYMPTOMS, SafetyRun

OF_WORKERS = ("kill-worker-busy", "kill-worker-idle")
OF_BROKERS = ("kill-worker-parent", "kill-producer", "kill-broker", "cut-network", "fill-broker-memory")
HARMLESS = ("none", "pause-broker", "oversize-payload", "unpicklable-payload")


class Expectation(NamedTuple):
    """What is expected of a cell.

    Attributes:
        symptoms: letters, as in expected_cells.
        source: the documentation or code that says so.
    """

    symptoms: str
    source: str


def expectation_of(transport: str, level: str, fault: str) -> Expectation | None:
    """Return what is expected of a cell; None if there is no expectation."""
    rows = ROWS.get(transport, {})
    row: Row = {**EVERYWHERE, **rows.get("", {}), **rows.get(level, {})}
    return Expectation(*row[fault]) if fault in row else None


def deviation(symptoms: str, expectation: Expectation | None) -> str:
    """Return in words how a cell deviates from its expectation; "" if it does not.

    Args:
        symptoms: that were observed, in capital letters.
        expectation: from `expectation_of`.
    """
    if expectation is None:
        return ""
    more = [letter for letter in symptoms if letter not in expectation.symptoms.upper()]
    less = [letter for letter in expectation.symptoms if letter.isupper() and letter not in symptoms]
    said = [("not expected", more), ("expected, but not seen", less)]
    return "; ".join(
        f"{what}: {', '.join(SYMPTOMS[letter] for letter in letters)}" for what, letters in said if letters
    )


def broken_promises(runs: Sequence[SafetyRun]) -> list[SafetyRun]:
    """Return the runs that lost tasks although their transport promises to keep them."""
    return [run for run in runs if run.delivery.lost and _promises(run)]


def _promises(run: SafetyRun) -> bool:
    if run.fault == "poison-task":  # at lower levels it is redelivered forever
        return run.safety == Safety.SAFE
    if run.fault in OF_WORKERS:
        return run.guarantee.survives_worker
    return run.guarantee.survives_broker if run.fault in OF_BROKERS else run.fault in HARMLESS
