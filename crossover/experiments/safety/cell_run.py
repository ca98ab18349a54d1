"""Runs one cell of the safety matrix, and keeps its journals where the symptoms are not the expected ones."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from crossover.execution.faults.fault_run import run_under_fault
from crossover.execution.load.load import Load
from crossover.execution.producer.protocol import ProducerSpec
from crossover.experiments.safety.cell import Cell
from crossover.experiments.safety.cell_record import record_of
from crossover.experiments.safety.fault_environments import FaultEnvironments
from crossover.results.safety import SafetyPlan, SafetyRun
from workloads.base import Workload


class MeasuredCell(NamedTuple):
    """What a cell gave: its record, and name → version and settings of the brokers."""

    run: SafetyRun
    brokers: Mapping[str, str]


class CellRunner:
    """Runs cells; used by several threads at once.

    Args:
        plan: of the matrix.
        workload: what runs.
        environments: where the runs take place.
        evidence: the folder that has a folder for each cell.
        should_end: called often; when it returns true, runs are ended.
    """

    def __init__(
        self,
        plan: SafetyPlan,
        workload: Workload,
        environments: FaultEnvironments,
        evidence: Path,
        should_end: Callable[[], bool],
    ) -> None:
        self._plan = plan
        self._workload = workload
        self._environments = environments
        self._evidence = evidence
        self._should_end = should_end

    def run(self, cell: Cell) -> MeasuredCell:
        """Run a cell, and return its record and its brokers.

        Raises:
            CrossoverError: it cannot be run.
            KeyboardInterrupt: `should_end` returned true.
        """
        folder = self._evidence / re.sub(r"[^\w.+=-]", "_", " ".join(map(str, cell.key)))
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        try:
            measured = self._run_in(folder, cell)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        if measured.run.differs:
            (folder / "run.json").write_bytes(msgspec.json.format(msgspec.json.encode(measured)))
            return measured
        shutil.rmtree(folder)
        return measured._replace(run=msgspec.structs.replace(measured.run, evidence=""))

    def _run_in(self, folder: Path, cell: Cell) -> MeasuredCell:
        plan = self._plan
        strike_at = cell.strike_at(plan)
        spec = ProducerSpec(
            transport=cell.address._replace(server_address="").create(cell.level),  # the variables name the server
            workload=self._workload,
            load=Load(plan.tasks, plan.workers, plan.batch, plan.window),
            defect=cell.fault.defect,
            defective_task=strike_at,
        )
        with self._environments.prepare(cell.address, cell.level, cell.fault) as environment:
            observed = run_under_fault(spec, folder, cell.fault, environment, strike_at, self._should_end)
        return MeasuredCell(record_of(cell, plan, observed, str(folder)), observed.ready.brokers)


def remove_all_but(kept: Sequence[str], evidence: Path) -> None:
    """Remove the folders that interrupted cells have left.

    Args:
        kept: folders that the result refers to.
        evidence: the folder that they are in.
    """
    for folder in evidence.iterdir():
        if str(folder) not in kept:
            shutil.rmtree(folder, ignore_errors=True)
