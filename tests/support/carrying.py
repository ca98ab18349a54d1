"""Carries tasks through a transport, and counts with a shared state, in this process."""

import time

from skips import need
from waiting import PATIENCE

from crossover.analysis.shared_counters import judge_updates
from crossover.contract.state_registry import parse_state
from crossover.contract.tasks import Batch, as_outcomes
from crossover.contract.traits import USABLE_HERE
from crossover.execution.counters.counter_run import run_counter
from crossover.recording.history import History


def carry(transport, payloads, batch=1, *, comes_again=False):
    """Submit everything, collect everything; return values and errors by task, and what was refused.

    Where a task comes again, its first outcome counts, as in a History.
    """
    values, errors, refused, workers = {}, {}, {}, set()
    for first in range(0, len(payloads), batch):
        part = payloads[first : first + batch]
        alone = batch == 1  # as the loops do it
        submission = transport.submit_task(first, *part) if alone else transport.submit(Batch(first, len(part), part))
        refused.update({first + position: reason for position, reason in submission.refused.items()})
    deadline = time.monotonic() + PATIENCE
    while len(values) + len(errors) + len(refused) < len(payloads):
        assert time.monotonic() < deadline, f"only {len(values)} values and {len(errors)} errors came"
        for outcomes in map(as_outcomes, transport.collect(4, 0.5)):
            assert outcomes.size == len(outcomes.values)
            assert outcomes.started <= outcomes.finished <= time.monotonic_ns()
            workers.update({outcomes.worker} - {0})  # not every task that travels alone says it
            for position, value in enumerate(outcomes.values):
                task = outcomes.first + position
                if comes_again and (task in values or task in errors):
                    continue
                kept = errors if position in outcomes.errors else values
                kept[task] = outcomes.errors.get(position, value)
    return values, errors, refused, workers


def drive(transport, workload, load):
    """Do a run with the producer in this process, where a test can change how a library behaves; return its history."""
    history = History(load.tasks, load.batch)
    with transport:
        transport.start(workload, load.workers)
        load.loop(transport, workload, history).run()
    return history


QUICKER = {"redis-lock": "redis-lock?sleep=0.001"}  # as it is found, one worker may keep it for a whole run


def make(url):
    address = parse_state(QUICKER.get(url, url))
    need(address.why_not(USABLE_HERE))
    return address.create()


def run_of(state, workers=2, seconds=0.2, updates=None):
    observed = run_counter(state, workers, seconds, updates)
    return observed, judge_updates(observed.reports, observed.final, shared=state.traits.shared)
