"""One cell of the safety matrix, for tests."""

from skips import need

from crossover.contract.registry import parse
from crossover.contract.traits import USABLE_HERE
from crossover.execution.host import host
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
    matrix = Matrix(result, {url: address}, Echo(), FaultEnvironments(frozenset()), lambda _: None, folder)
    matrix.execute(Progress())
    assert not matrix.result.skipped
    (run,) = matrix.result.runs or matrix.result.unmeasured
    return run
