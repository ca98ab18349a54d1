"""One cell of the safety matrix, for tests."""

from operator import itemgetter

import pytest
from skips import need
from task_functions import FunctionWorkload

from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.traits import USABLE_HERE
from crossover.execution.faults.catalogue import FAULTS
from crossover.execution.faults.fault import Moment
from crossover.execution.host import host
from crossover.experiments.safety.cell import Cell
from crossover.experiments.safety.fault_environments import FaultEnvironments
from crossover.experiments.safety.matrix import Matrix
from crossover.progress.progress import Progress
from crossover.results.safety import SafetyPlan, SafetyResult
from workloads.echo import Echo


def run_cell(folder, url, fault, level, tasks, batch=1):
    """Inject a fault into a run through a transport with two workers, and return the record."""
    address = parse(url)
    need(address.why_not(USABLE_HERE))
    plan = SafetyPlan(
        command=[],
        transports=[url],
        levels=[level],
        faults=[fault],
        workload="echo",
        input=None,
        input_digest="",
        servers={},
        tasks=tasks,
        workers=2,
        batch=batch,
        window=64,
        rounds=1,
        seed=0,
    )
    result = SafetyResult(tool="", started_at="", host=host(), plan=plan)
    workload = Echo()
    with pytest.MonkeyPatch.context() as patch:
        if FAULTS[fault].moment is Moment.BUSY:
            hold = folder / "hold"
            hold.touch()
            first_held = Cell(url, address, Safety(level), FAULTS[fault], round=1).strike_at(plan)
            workload = _held_from(first_held, tasks, hold)
            patch.setitem(FAULTS, fault, _releasing(FAULTS[fault], hold))
        evidence = folder / "evidence"
        evidence.mkdir(exist_ok=True)
        matrix = Matrix(result, {url: address}, workload, FaultEnvironments(frozenset()), lambda _: None, evidence)
        matrix.execute(Progress())
    assert not matrix.result.skipped
    (run,) = matrix.result.runs or matrix.result.unmeasured
    assert matrix.result.runs or run.meaningless, run.reason
    return run


def _held_from(first_held, tasks, hold):
    """Return a workload like echo, whose tasks from one on are not done before a file has been removed."""
    payloads = [[number, str(hold) if number >= first_held else ""] for number in range(tasks)]
    return FunctionWorkload("echo_when_released", payloads, right=itemgetter(0))


def _releasing(fault, hold):
    """Return a fault that releases held tasks when it has struck: on a busy machine they would all be done before."""

    class Releasing(type(fault)):
        def strike(self, targets):
            try:
                super().strike(targets)
            finally:
                hold.unlink()

    return Releasing()
