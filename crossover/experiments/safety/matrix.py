"""The safety matrix: runs every cell that has no result yet, several at the same time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import msgspec

from crossover.analysis.safety.ledger_verdict import in_words
from crossover.contract.errors import CrossoverError
from crossover.contract.registry import Address
from crossover.contract.text import describe
from crossover.execution.measure import Phase
from crossover.experiments.safety.cell import Cell
from crossover.experiments.safety.cell_run import CellRunner, MeasuredCell, remove_all_but
from crossover.experiments.safety.cells import cells_of, unmeasured_cell
from crossover.experiments.safety.fault_environments import FaultEnvironments
from crossover.progress.progress import Progress, Schedule, Step
from crossover.results.safety import SafetyResult
from crossover.workers import interruption
from workloads.base import Workload

LANES = 3  # cells at the same time: a cell mostly waits
LOOK = 0.2  # seconds


class Matrix:
    """Runs the cells that have no result yet.

    Attributes:
        result: the result so far.
        waiting: cells that are still to be run.

    Args:
        result: with the plan, and what an earlier invocation has measured.
        addresses: label → transport.
        workload: what runs.
        environments: where the runs take place.
        save: called with the result after each cell.
        evidence: folder for the journals of cells whose symptoms are not the expected ones.
    """

    def __init__(
        self,
        result: SafetyResult,
        addresses: Mapping[str, Address],
        workload: Workload,
        environments: FaultEnvironments,
        save: Callable[[SafetyResult], None],
        evidence: Path,
    ) -> None:
        self._save = save
        self._ending = False
        self._runner = CellRunner(result.plan, workload, environments, evidence, self._should_end)
        remove_all_but([run.evidence for run in result.runs], evidence)
        cells, unmeasured = cells_of(result.plan, addresses, workload, environments)
        self.result = msgspec.structs.replace(result, unmeasured=unmeasured)
        measured = {(run.transport, run.safety, run.fault, run.round) for run in result.runs}
        self.waiting = [cell for cell in cells if cell.key not in measured]

    def execute(self, progress: Progress) -> None:
        """Run every cell that has no result yet.

        Args:
            progress: receives the events.

        Raises:
            KeyboardInterrupt: Ctrl-C; cells that have ended are kept.
        """
        waiting, rows = self.waiting, Counter(cell.row for cell in self.waiting)
        with ThreadPoolExecutor(LANES, thread_name_prefix="lane") as lanes:
            running: dict[Future[MeasuredCell], tuple[Cell, Step]] = {}
            try:
                while waiting or running:
                    interruption.raise_if_requested()
                    while waiting and len(running) < LANES:
                        cell = waiting.pop(0)
                        rounds = self.result.plan.rounds
                        step = Step(cell.title, cell.round, rounds, row=cell.row, in_row=rows[cell.row])
                        running[lanes.submit(self._runner.run, cell)] = cell, step
                        progress.start(step)
                    done, _ = wait(running, LOOK, FIRST_COMPLETED)
                    progress.enter(Phase.MEASURING)
                    for future in done:
                        self._take(*running.pop(future), future, progress)
            finally:
                self._ending = True
                lanes.shutdown(wait=True, cancel_futures=True)

    @property
    def schedule(self) -> Schedule:
        """What is to come, for the progress display."""
        return Schedule(
            len(self.waiting),
            parallel=LANES,
            title="2 of 3: the matrix",
            unit="cells",
            row_heading="transport, level",
            figure_heading="last verdict",
        )

    def _should_end(self) -> bool:
        return self._ending or interruption.requested()

    def _take(self, cell: Cell, step: Step, future: Future[MeasuredCell], progress: Progress) -> None:
        """Keep the record of a cell; an error concerns this cell only, and the others continue."""
        try:
            run, brokers = future.result()
        except KeyboardInterrupt:
            return
        except Exception as error:
            reason = str(error) if isinstance(error, CrossoverError) else describe(error)
            self._update(unmeasured=[*self.result.unmeasured, unmeasured_cell(cell, reason, meaningless=False)])
            progress.skip(step, reason)
            return
        self.result.host.brokers.update(brokers)
        self._update(runs=[*self.result.runs, run])
        progress.finish(step, in_words(run), problem=run.differs)

    def _update(self, **changes: Any) -> None:
        self.result = msgspec.structs.replace(self.result, **changes)
        self._save(self.result)
