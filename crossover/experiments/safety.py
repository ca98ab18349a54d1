"""safety: every transport at every level under every fault, in a matrix that goes on where it was interrupted."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import msgspec

from crossover.contract.errors import UnusableError
from crossover.contract.records import End, Skipped
from crossover.contract.registry import Address
from crossover.contract.safety import Safety
from crossover.contract.safety_records import Meaningless, SafetyResult, SafetyRun
from crossover.execution import interruption
from crossover.execution.fault import Fault
from crossover.execution.faults import FAULTS
from crossover.execution.ordeal import undergo
from crossover.execution.subject import Spec
from crossover.experiments.cells import Cell, record
from crossover.experiments.stages import Stages
from crossover.report.progress import Silent
from crossover.report.safety_terminal import found
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
        stages: Stages,
        save: Callable[[SafetyResult], None],
        evidence: Path,
    ) -> None:
        self.result = result
        self._workload = workload
        self._stages = stages
        self._save = save
        self._evidence = evidence
        self._unusable: set[str] = set()
        there = {(run.transport, run.safety, run.fault, run.round) for run in result.runs}
        self.waiting = [cell for cell in self._all(addresses) if cell.key not in there]

    def execute(self, watcher: Silent) -> None:
        """Run every cell that is not there yet.

        Args:
            watcher: is told what happens.

        Raises:
            KeyboardInterrupt: Ctrl-C; cells that have ended are kept.
        """
        waiting = self.waiting
        with ThreadPoolExecutor(LANES, thread_name_prefix="lane") as lanes:
            running: dict[Future[SafetyRun], Cell] = {}
            try:
                while waiting or running:
                    if interruption.asked():
                        raise KeyboardInterrupt
                    while waiting and len(running) < LANES:
                        cell = waiting.pop(0)
                        if cell.label not in self._unusable:
                            running[lanes.submit(self._run, cell)] = cell
                            watcher.begins(cell.name, cell.round)
                    done, _ = wait(running, LOOK, FIRST_COMPLETED)
                    for future in done:
                        self._take(running.pop(future), future, watcher)
            finally:
                self._ending = True
                lanes.shutdown(wait=True, cancel_futures=True)

    _ending = False

    def _all(self, addresses: Mapping[str, Address]) -> list[Cell]:
        """Return every cell that there can be; the others are written down with the reason."""
        plan = self.result.plan
        cells, meaningless = [], []
        for number in range(1, plan.rounds + 1):
            for label, address in addresses.items():
                for level in levels_of(address, plan.levels):
                    for fault in map(FAULTS.__getitem__, plan.faults):
                        if reason := self._impossible(address, fault):
                            found = Meaningless(transport=label, safety=level, fault=fault.name, reason=reason)
                            meaningless += [found] if number == 1 else []
                        else:
                            cells.append(Cell(label, address, level, fault, number))
        self.result = msgspec.structs.replace(self.result, meaningless=meaningless)
        return cells

    def _impossible(self, address: Address, fault: Fault) -> str:
        if fault.odd and self._workload.name != "echo":
            return "only payloads of the workload echo can carry something odd"
        return self._stages.impossible(address, fault)

    def _run(self, cell: Cell) -> SafetyRun:
        plan = self.result.plan
        folder = self._evidence / re.sub(r"[^\w.+=-]", "_", " ".join(map(str, cell.key)))
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        name, query = cell.address.name, cell.address.url.partition("?")[2]
        strike_at = cell.strike_at(plan)
        spec = Spec(
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
            seen = undergo(spec, cell.fault, stage, strike_at, lambda: self._ending or interruption.asked())
        self.result.host.brokers.update(seen.ready.brokers)
        run = record(cell, plan, seen, str(folder))
        if run.differs:
            (folder / "run.json").write_bytes(msgspec.json.format(msgspec.json.encode([run, seen.ready.brokers])))
            return run
        shutil.rmtree(folder)
        return msgspec.structs.replace(run, evidence="")

    def _take(self, cell: Cell, future: Future[SafetyRun], watcher: Silent) -> None:
        try:
            run = future.result()
        except KeyboardInterrupt:
            return
        except UnusableError as error:
            if cell.label not in self._unusable:
                self._unusable.add(cell.label)
                skipped = Skipped(transport=cell.label, reason=f"{cell.level}, {cell.fault.name}: {error}")
                self._update(skipped=[*self.result.skipped, skipped])
                watcher.skipped(cell.label, skipped.reason)
            return
        self._update(runs=[*self.result.runs, run])
        watcher.ended(cell.name, cell.round, found(run), End.FINISHED)

    def _update(self, **changes: Any) -> None:
        self.result = msgspec.structs.replace(self.result, **changes)
        self._save(self.result)


def levels_of(address: Address, wanted: Sequence[str]) -> list[Safety]:
    """Return the levels that a transport can give; inside one machine fast and default are the same, and run once."""
    levels = [Safety(level) for level in wanted if not address.refusal(Safety(level))]
    if not address.transport.server and Safety.DEFAULT in levels:
        levels = [level for level in levels if level is not Safety.FAST]
    return levels
