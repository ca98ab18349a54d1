"""From the observation of a run to its record in the result."""

from __future__ import annotations

import math

import msgspec

from crossover.analysis import verdict
from crossover.analysis.latency import timing
from crossover.analysis.trust.warnings import run_warnings
from crossover.contract.safety import Safety
from crossover.execution.load.load import Load
from crossover.execution.measure import Observation
from crossover.experiments.comparison.run_spec import RunSpec
from crossover.results.records import BACKLOG, CLOSED, OPEN, Cost, End, LoadShape, Plan, Run


def make_run_record(plan: Plan, spec: RunSpec, number: int, observation: Observation) -> Run:
    """Judge an observation and return it as a record.

    Args:
        plan: of the comparison.
        spec: what was measured.
        number: of the round.
        observation: history, usage and ending of the run.
    """
    label, address, workload, load = spec[:4]
    history, usage, ending, _, backlog, warming_up, *_ = observation
    safety = spec.safety or plan.safety
    delivery = verdict.verdict_of_history(history, cut_off=ending.cut_off)
    cpu = sum(usage.cpu_seconds.values())
    done = max(1, delivery.completed + delivery.failed)
    run = Run(
        transport=label,
        url=address.url,
        workload=workload.name,
        safety=safety,
        workers=load.workers,
        batch=load.batch,
        payload_bytes=workload.payload_bytes,
        load=_load_shape(load),
        fault="none",
        round=number,
        tasks=load.tasks if math.isinf(load.seconds) else delivery.attempted,
        seconds=history.seconds,
        throughput=delivery.completed / history.seconds if history.seconds else 0.0,
        latency_ms=None if warming_up else timing.latency(history),
        hops_us=None if warming_up else timing.hops(history),
        execute_seconds=timing.execute_seconds(history),
        cost=Cost(
            cpu_seconds=dict(usage.cpu_seconds),
            cpu_seconds_per_1000_tasks=cpu * 1000 / done,
            others_cpu_seconds=usage.others_cpu_seconds,
            peak_rss_bytes=dict(usage.peak_rss_bytes),
            shared_once=list(usage.shared_once),
            private_bytes=usage.private_bytes,
            running_threads=usage.running_threads,
            idle_seconds=usage.machine.idle_seconds,
            stolen_seconds=usage.machine.stolen_seconds,
            throttled_seconds=usage.machine.throttled_seconds,
            too_hot=usage.machine.too_hot,
            rounding_seconds={role: seconds for role, seconds in usage.rounding_seconds.items() if seconds},
        ),
        delivery=delivery,
        hung=ending.end is End.HUNG,
        value_digest=verdict.value_digest(history, load.distinct),
        ending=str(ending),
        reasons=dict(history.reasons),
        guarantee=address.traits.guarantees[Safety(safety)],
        backlog=backlog,
        achieved_rate=None if warming_up else timing.achieved_rate(history),
        send_delay_ms=None if warming_up else timing.send_delay(history),
    )
    return msgspec.structs.replace(run, warnings=run_warnings(run))


def _load_shape(load: Load) -> LoadShape:
    if load.backlog:
        return LoadShape(mode=BACKLOG)
    if load.rate is None:
        return LoadShape(mode=CLOSED, window=load.window)
    return LoadShape(mode=OPEN, rate=load.rate, fraction=load.fraction)
