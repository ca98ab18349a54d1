"""The plan of `advise`: what a task takes, which transports can be used here, and how long a run is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from crossover.contract.registry import Address
from crossover.contract.safety import Safety
from crossover.contract.traits import RunRequest
from crossover.execution.load.load import Load
from crossover.experiments.advise.candidates import BROKERS, LOCAL, Candidate
from crossover.experiments.comparison.planning.amounts import bounded_window
from crossover.experiments.comparison.planning.plan import ComparisonSetup, plan_comparison
from crossover.experiments.comparison.planning.request import Request
from crossover.experiments.comparison.run_spec import RunSpec
from crossover.results.records import Skipped
from crossover.workers.limits.cpu import usable_cores

MOST_TASKS = 300_000  # of a run
TRIAL_SECONDS, FINAL_SECONDS = 0.3, 1.0  # of submitting, in a run; longer where tasks are long
TASKS_EACH = 6  # of each worker, in a run, at least
LONGEST_RUN = 0.1  # part of the time of the search
MESSAGES_EACH, FEW_MESSAGES_EACH = 16, 3  # outstanding, for each worker; few of those that take long
LONG_MESSAGE = 5e-3  # seconds


class AdviseSetup(NamedTuple):
    """A plan, and what is needed to do it.

    Attributes:
        comparison: as for every comparison; its transports are those that can be the answer.
        seconds: for the whole search.
        cores: that may be used.
    """

    comparison: ComparisonSetup
    seconds: float
    cores: int

    def spec(self, one: Candidate, *, final: bool) -> RunSpec:
        """Return a run of a candidate: a short trial, or one of the last rounds."""
        task = self.comparison.task
        mean = task.mean if task else 0.0
        seconds = max(FINAL_SECONDS if final else TRIAL_SECONDS, TASKS_EACH * mean * one.batch)
        each = FEW_MESSAGES_EACH if mean * one.batch >= LONG_MESSAGE else MESSAGES_EACH
        size = self.comparison.workload.payload_bytes
        window = bounded_window(each * one.workers * one.batch, one.workers, one.batch, size)
        tasks = self.comparison.plan.tasks
        load = Load(tasks, one.workers, one.batch, window, min(seconds, LONGEST_RUN * self.seconds))
        detail = f"workers {one.workers:,}, batch {one.batch:,}"
        safety = Safety.SAFE.value if one.is_broker else ""
        label, address = (one.row.label, one.row) if final else (one.label, one.address)
        return RunSpec(label, address, self.comparison.workload, load, probe=not final, safety=safety, detail=detail)


def plan_advise(request: Request, seconds: float, command: Sequence[str]) -> AdviseSetup:
    """Make the plan of a search.

    Args:
        request: the options.
        seconds: for the whole search.
        command: the command line, for the record.

    Raises:
        UsageError: options exclude each other.
        InputError: the workload, or its input, cannot be used.
    """
    cores = max(1, int(usable_cores()))
    asked = request._replace(workers=cores, tasks=request.tasks or MOST_TASKS)
    setup = plan_comparison((), asked, command, _why_no_candidate)
    skipped = [one for one in setup.skipped if one.transport in (*LOCAL, *BROKERS)]
    addresses: dict[str, Address] = {}
    wanted = RunRequest(safety=Safety.SAFE, workload=setup.workload)
    for label, address in sorted(setup.addresses.items(), key=lambda item: (*LOCAL, *BROKERS).index(item[1].name)):
        if address.traits.server and (reason := address.why_not(wanted)):
            skipped.append(Skipped(transport=label, reason=reason))
        else:
            addresses[label] = address
    plan = replace(setup.plan, transports=list(addresses), advise=True)
    return AdviseSetup(setup._replace(plan=plan, addresses=addresses, skipped=skipped), seconds, cores)


def _why_no_candidate(address: Address) -> str | None:
    return None if address.name in (*LOCAL, *BROKERS) else f"{address.name} is not among those that advise tries"
