"""safety: every transport at every level under every fault, in a matrix that goes on where it was interrupted."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import msgspec

from crossover.analysis.safety.verdict import in_words
from crossover.contract.errors import CrossoverError
from crossover.contract.phase import Phase
from crossover.contract.registry import Address
from crossover.contract.safety import Safety
from crossover.contract.text import describe
from crossover.execution import interruption
from crossover.execution.faults.catalogue import FAULTS
from crossover.execution.faults.fault import Fault
from crossover.execution.faults.fault_run import run_under_fault
from crossover.execution.producer.producer_process import ProducerSpec
from crossover.experiments.safety.cell import Cell, record
from crossover.experiments.safety.environments import FaultEnvironments
from crossover.progress.watcher import Ahead, Silent, Turn
from crossover.results.safety import SafetyResult, SafetyRun, Unmeasured
from workloads.base import Workload

LANES = 3  # cells at the same time: most of a cell is waiting
LOOK = 0.2  # seconds


class Matrix:
    """Runs the cells that are not yet there.

    Attributes:
        result: all there is so far.
        waiting: cells that are still to be run.

    Args:
        result: with the plan, and what an earlier invocation has measured.
        addresses: label → transport.
        workload: what runs.
        stages: where.
        save: called with the result after each cell.
        evidence: folder for what is written down about cells that differ.
    """

    def __init__(
        self,
        result: SafetyResult,
        addresses: Mapping[str, Address],
        workload: Workload,
        stages: FaultEnvironments,
        save: Callable[[SafetyResult], None],
        evidence: Path,
    ) -> None:
        self.result = result
        self._workload = workload
        self._stages = stages
        self._save = save
        self._evidence = evidence
        _remove_all_but([run.evidence for run in result.runs], evidence)
        there = {(run.transport, run.safety, run.fault, run.round) for run in result.runs}
        self.waiting = [cell for cell in self._all(addresses) if cell.key not in there]

    def execute(self, watcher: Silent) -> None:
        """Run every cell that is not there yet.

        Args:
            watcher: is told what happens.

        Raises:
            KeyboardInterrupt: Ctrl-C; cells that have ended are kept.
        """
        waiting, rows = self.waiting, Counter(cell.row for cell in self.waiting)
        with ThreadPoolExecutor(LANES, thread_name_prefix="lane") as lanes:
            running: dict[Future[SafetyRun], tuple[Cell, Turn]] = {}
            try:
                while waiting or running:
                    interruption.raise_if_requested()
                    while waiting and len(running) < LANES:
                        cell = waiting.pop(0)
                        rounds = self.result.plan.rounds
                        turn = Turn(cell.name, cell.round, rounds, row=cell.row, turns=rows[cell.row])
                        running[lanes.submit(self._run, cell)] = cell, turn
                        watcher.begins(turn)
                    done, _ = wait(running, LOOK, FIRST_COMPLETED)
                    watcher.at(Phase.MEASURING)
                    for future in done:
                        self._take(*running.pop(future), future, watcher)
            finally:
                self._ending = True
                lanes.shutdown(wait=True, cancel_futures=True)

    _ending = False

    @property
    def ahead(self) -> Ahead:
        """What is to come."""
        return Ahead(
            len(self.waiting),
            lanes=LANES,
            title="2 of 3: the matrix",
            what="cells",
            rows="transport, level",
            figure="came out last",
        )

    def _all(self, addresses: Mapping[str, Address]) -> list[Cell]:
        """Return every cell that there can be; the others are written down with the reason."""
        plan = self.result.plan
        cells, unmeasured = [], []
        for number in range(1, plan.rounds + 1):
            for label, address in addresses.items():
                for level in levels_of(address, plan.levels):
                    for fault in map(FAULTS.__getitem__, plan.faults):
                        cell = Cell(label, address, level, fault, number)
                        meaningless = self._stages.meaningless(address, fault)
                        if reason := meaningless or self._impossible(address, fault):
                            unmeasured += [_unmeasured(cell, reason, bool(meaningless))] if number == 1 else []
                        else:
                            cells.append(cell)
        self.result = msgspec.structs.replace(self.result, unmeasured=unmeasured)
        return cells

    def _impossible(self, address: Address, fault: Fault) -> str:
        if fault.odd and self._workload.name != "echo":
            return "only payloads of the workload echo can carry something odd"
        return self._stages.impossible(address, fault)

    def _run(self, cell: Cell) -> SafetyRun:
        folder = self._evidence / re.sub(r"[^\w.+=-]", "_", " ".join(map(str, cell.key)))
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            run, brokers = self._measure(cell, folder)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        self.result.host.brokers.update(brokers)
        if run.differs:
            (folder / "run.json").write_bytes(msgspec.json.format(msgspec.json.encode([run, brokers])))
            return run
        shutil.rmtree(folder)
        return msgspec.structs.replace(run, evidence="")

    def _measure(self, cell: Cell, folder: Path) -> tuple[SafetyRun, Mapping[str, str]]:
        plan = self.result.plan
        name, query = cell.address.name, cell.address.url.partition("?")[2]
        strike_at = cell.strike_at(plan)
        spec = ProducerSpec(
            transport=f"{name}?{query}" if query else name,
            safety=cell.level,
            workload=self._workload,
            tasks=plan.tasks,
            workers=plan.workers,
            batch=plan.batch,
            window=plan.window,
            folder=folder,
            odd=cell.fault.odd,
            odd_task=strike_at,
        )
        with self._stages.stage(cell.address, cell.level, cell.fault) as stage:
            seen = run_under_fault(spec, cell.fault, stage, strike_at, lambda: self._ending or interruption.requested())
        return record(cell, plan, seen, str(folder)), seen.ready.brokers

    def _take(self, cell: Cell, turn: Turn, future: Future[SafetyRun], watcher: Silent) -> None:
        """Keep what a cell gave; what went wrong in one is of that one, and the others go on."""
        try:
            run = future.result()
        except KeyboardInterrupt:
            return
        except Exception as error:
            reason = str(error) if isinstance(error, CrossoverError) else describe(error)
            self._update(unmeasured=[*self.result.unmeasured, _unmeasured(cell, reason, meaningless=False)])
            watcher.skipped(turn, reason)
            return
        self._update(runs=[*self.result.runs, run])
        watcher.ended(turn, in_words(run), trouble=run.differs)

    def _update(self, **changes: Any) -> None:
        self.result = msgspec.structs.replace(self.result, **changes)
        self._save(self.result)


def _unmeasured(cell: Cell, reason: str, meaningless: bool) -> Unmeasured:  # noqa: FBT001
    return Unmeasured(
        transport=cell.label, safety=cell.level, fault=cell.fault.name, reason=reason, meaningless=meaningless
    )


def levels_of(address: Address, wanted: Sequence[str]) -> list[Safety]:
    """Return the levels that a transport can give; inside one machine fast and default are the same, and run once."""
    levels = [Safety(level) for level in wanted if not address.refusal(Safety(level))]
    if not address.transport.server and Safety.DEFAULT in levels:
        levels = [level for level in levels if level is not Safety.FAST]
    return levels


def _remove_all_but(kept: Sequence[str], evidence: Path) -> None:
    """Remove what interrupted cells have left."""
    for folder in evidence.iterdir():
        if str(folder) not in kept:
            shutil.rmtree(folder, ignore_errors=True)
