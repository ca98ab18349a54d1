"""The self-test: the checker must find misbehaviour that was planted, in this very invocation, before it is trusted."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from crossover.analysis.safety.ledger_verdict import verdict_of_ledger
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.execution.faults.environment import FaultEnvironment
from crossover.execution.faults.fault_run import FaultRun, run_under_fault
from crossover.execution.faults.task_faults import NoFault
from crossover.execution.load.load import Load
from crossover.execution.measure import Phase
from crossover.execution.producer.protocol import ProducerSpec
from crossover.progress.progress import Progress, Step
from crossover.results.safety import Planted
from workloads.echo import Echo

TASKS, EVERY = 100, 25  # of a run; the first of this many tasks is treated badly (local_ipc/misbehaving.py)
LOAD = Load(TASKS, workers=1, batch=1, window=16)
PLANTED = TASKS // EVERY


def _symptoms(observed: FaultRun) -> int:
    delivery = verdict_of_ledger(observed.ledger)
    bad = delivery.lost + delivery.duplicated + delivery.reordered + delivery.corrupted + delivery.unexpected
    return bad + bool(observed.hung) + bool(observed.error)


CHECKS: Mapping[str, tuple[int, Callable[[FaultRun], int]]] = {
    "nothing": (0, _symptoms),
    "loss": (PLANTED, lambda observed: verdict_of_ledger(observed.ledger).lost),
    "duplicate": (PLANTED, lambda observed: verdict_of_ledger(observed.ledger).duplicated),
    "reorder": (PLANTED, lambda observed: verdict_of_ledger(observed.ledger).reordered),
    "corrupt": (PLANTED, lambda observed: verdict_of_ledger(observed.ledger).corrupted),
    "hang": (1, lambda observed: int(bool(observed.hung))),
}
"""What is planted → how many times, and a function that counts how many were found."""


def self_test(folder: Path, progress: Progress, should_end: Callable[[], bool]) -> list[Planted]:
    """Plant each misbehaviour in a run, and return how much of it was found.

    Args:
        folder: for journals, which are removed.
        progress: receives the events.
        should_end: called often; when it returns true, the test is ended.

    Raises:
        StartError: the workers did not become ready.
        KeyboardInterrupt: `should_end` returned true.
    """

    def tick() -> bool:
        progress.enter(Phase.MEASURING)
        return should_end()

    tested = []
    for what, (planted, count) in CHECKS.items():
        step = Step(f"planted {what}", row=what)
        progress.start(step)
        journals = folder / f"planted {what}"
        shutil.rmtree(journals, ignore_errors=True)
        journals.mkdir(parents=True)
        spec = ProducerSpec(parse(f"planted?what={what}").create(Safety.DEFAULT), Echo(), LOAD)
        found = count(run_under_fault(spec, journals, NoFault(), FaultEnvironment({}, resumable=False), 0, tick))
        tested.append(Planted(what=what, planted=planted, found=found))
        progress.finish(step, f"{found} of {planted} found", problem="" if found == planted else "not what was planted")
        shutil.rmtree(journals)
    return tested


def passed(tested: list[Planted]) -> bool:
    """Return whether everything that was planted was found, and nothing else."""
    return len(tested) == len(CHECKS) and all(one.planted == one.found for one in tested)
