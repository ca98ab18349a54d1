"""The checker is trusted only after it has found, in this very invocation, what was planted."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from crossover.analysis.safety.verdict import verdict_of
from crossover.contract.phase import Phase
from crossover.contract.safety import Safety
from crossover.execution.faults.catalogue import NoFault
from crossover.execution.faults.fault_run import FaultEnvironment, FaultRun, run_under_fault
from crossover.execution.producer.producer_process import ProducerSpec
from crossover.progress.watcher import Silent, Turn
from crossover.results.safety import Planted
from workloads.echo import Echo

TASKS, EVERY, WINDOW = 100, 25, 16
PLANTED = TASKS // EVERY


def _harm(seen: FaultRun) -> int:
    delivery = verdict_of(seen.ledger)
    bad = delivery.lost + delivery.duplicated + delivery.reordered + delivery.corrupted + delivery.unexpected
    return bad + bool(seen.hung) + bool(seen.error)


CHECKS: Mapping[str, tuple[int, Callable[[FaultRun], int]]] = {
    "nothing": (0, _harm),
    "loss": (PLANTED, lambda seen: verdict_of(seen.ledger).lost),
    "duplicate": (PLANTED, lambda seen: verdict_of(seen.ledger).duplicated),
    "reorder": (PLANTED, lambda seen: verdict_of(seen.ledger).reordered),
    "corrupt": (PLANTED, lambda seen: verdict_of(seen.ledger).corrupted),
    "hang": (1, lambda seen: int(bool(seen.hung))),
}
"""What is planted → how many times, and how many of them were found."""


def self_test(folder: Path, watcher: Silent, should_end: Callable[[], bool]) -> list[Planted]:
    """Plant each misbehaviour in a run of its own, and return what was found.

    Args:
        folder: for journals; removed afterwards.
        watcher: is told what happens.
        should_end: asked often; when it says so, it ends.

    Raises:
        StartError: the workers did not become ready.
        KeyboardInterrupt: it was ended.
    """

    def tick() -> bool:
        watcher.at(Phase.MEASURING)
        return should_end()

    found = []
    for what, (planted, count) in CHECKS.items():
        turn = Turn(f"planted {what}", row=what)
        watcher.begins(turn)
        place = folder / f"planted {what}"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        spec = ProducerSpec(f"planted?what={what}", Safety.DEFAULT, Echo(), TASKS, 1, 1, WINDOW, place)
        seen = run_under_fault(spec, NoFault(), FaultEnvironment({}, takes_over=False), 0, tick)
        found.append(Planted(what=what, planted=planted, found=count(seen)))
        trouble = "" if found[-1].found == planted else "not what was planted"
        watcher.ended(turn, f"{found[-1].found} of {planted} found", trouble=trouble)
        shutil.rmtree(place)
    return found


def sound(tested: list[Planted]) -> bool:
    """Say whether everything that was planted was found, and nothing else."""
    return len(tested) == len(CHECKS) and all(one.planted == one.found for one in tested)
