"""compare: one workload through each transport, rounds interleaved."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from crossover.analysis import ledger, timing, warnings
from crossover.analysis.crossing import crossing_of
from crossover.analysis.summary import summarise
from crossover.contract.errors import UnusableError
from crossover.contract.history import History
from crossover.contract.records import Cost, End, LoadShape, Result, Run, Skipped
from crossover.contract.registry import Address
from crossover.contract.safety import Safety
from crossover.execution import interruption
from crossover.execution.measure import Load, Observation, measure
from crossover.report.progress import Silent
from crossover.workers.fleet import interrupts_held_back
from workloads.base import Workload


class Comparison:
    """Measures transports in turn: A B C A B C, so that what disturbs the machine disturbs all of them.

    Attributes:
        result: all there is so far, complete after each run.

    Args:
        result: with the host and the plan, no runs yet.
        addresses: label → transport. The labels are those of the runs.
        workload: what to run.
        watcher: is told what happens.
        save: called with the result after each run.
        deadline: when to stop, in seconds of the monotonic clock.
    """

    def __init__(
        self,
        result: Result,
        addresses: Mapping[str, Address],
        workload: Workload,
        watcher: Silent,
        save: Callable[[Result], None],
        deadline: float = math.inf,
    ) -> None:
        self.result = result
        self._addresses = dict(addresses)
        self._workload = workload
        self._watcher = watcher
        self._save = save
        self._deadline = deadline
        self._reference: Sequence[int] | None = None
        self._fullest = 0

    def execute(self) -> None:
        """Measure every transport in every round, as long as there is time.

        Raises:
            KeyboardInterrupt: Ctrl-C; what was measured of the run is kept.
        """
        for round_number in range(1, self.result.plan.rounds + 1):
            for label, address in list(self._addresses.items()):
                if interruption.asked():
                    raise KeyboardInterrupt
                if time.monotonic() > self._deadline:
                    return
                self._watcher.begins(label, round_number)
                try:
                    self._measure(label, address, round_number)
                except UnusableError as error:
                    del self._addresses[label]
                    self._skip(Skipped(transport=label, reason=str(error)))

    def _measure(self, label: str, address: Address, round_number: int) -> None:
        plan = self.result.plan
        load = Load(plan.tasks, plan.workers, plan.batch, plan.window)
        transport = address.create(Safety(plan.safety))
        observation = measure(transport, self._workload, load, self._watcher.settled, self._deadline)
        self.result.host.brokers.update(transport.brokers())
        with interrupts_held_back():  # from here on it is measured, and must be kept
            if observation.history.settled or not observation.ending.cut_off:
                corrupted = 0 if self._workload.checks else self._differing(observation.history)
                run = _record(self.result, label, address, round_number, observation, corrupted)
                run.warnings += transport.remarks
                self._keep(run)
        if observation.interrupted:
            raise KeyboardInterrupt

    def _differing(self, history: History) -> int:
        """Compare with the fullest run so far: without a check, only another run tells what is right."""
        if self._reference is None:
            self._reference, self._fullest = history.fingerprints, history.settled
        found = ledger.differing(history.fingerprints, self._reference)
        if history.settled > self._fullest:
            self._reference, self._fullest = history.fingerprints, history.settled
        return found

    def _keep(self, run: Run) -> None:
        self._update(runs=[*self.result.runs, run])
        self._watcher.ended(run.transport, run.round, f"{run.throughput:,.0f} tasks/s", run.ending)

    def _skip(self, skipped: Skipped) -> None:
        self._update(skipped=[*self.result.skipped, skipped])
        self._watcher.skipped(skipped.transport, skipped.reason)

    def _update(self, **changes: Any) -> None:
        """Change the result, its summary with it, and save it."""
        result = msgspec.structs.replace(self.result, **changes)
        by_label: dict[str, list[Run]] = {}
        for run in result.runs:
            by_label.setdefault(run.transport, []).append(run)
        summary = summarise(by_label, result.host.cores)
        crossing = crossing_of(summary, by_label, result.host.cores)
        self.result = msgspec.structs.replace(result, summary=summary, crossing=crossing)
        self._save(self.result)


def _record(result: Result, label: str, address: Address, number: int, observation: Observation, differing: int) -> Run:
    """Judge an observation and write it down."""
    plan = result.plan
    history, usage, ending, _ = observation
    delivery = ledger.judge(history, cut_off=ending.cut_off)
    delivery = msgspec.structs.replace(delivery, corrupted=delivery.corrupted + differing)
    cpu = sum(usage.cpu_seconds.values())
    done = max(1, delivery.completed + delivery.failed)
    run = Run(
        transport=label,
        url=address.url,
        workload=plan.workload,
        safety=plan.safety,
        workers=plan.workers,
        batch=plan.batch,
        payload_bytes=plan.payload_bytes,
        load=LoadShape(mode="closed", window=plan.window),
        fault="none",
        round=number,
        tasks=plan.tasks,
        seconds=history.seconds,
        throughput=delivery.completed / history.seconds if history.seconds else 0.0,
        latency_ms=timing.latency(history),
        hops_us=timing.hops(history),
        cost=Cost(
            cpu_seconds=dict(usage.cpu_seconds),
            cpu_seconds_per_1000_tasks=cpu * 1000 / done,
            others_cpu_seconds=usage.others_cpu_seconds,
            peak_rss_bytes=dict(usage.peak_rss_bytes),
        ),
        delivery=delivery,
        hung=ending.end is End.HUNG,
        value_digest=ledger.value_digest(history),
        ending=str(ending),
        reasons=dict(history.reasons),
        guarantee=address.transport.guarantees[Safety(plan.safety)],
    )
    return msgspec.structs.replace(run, warnings=warnings.of_run(run))
