"""Shared states for tests, and runs of counter workers."""

from skips import need

from crossover.analysis.shared_counters import judge_updates
from crossover.contract.state_registry import parse_state
from crossover.contract.traits import USABLE_HERE
from crossover.execution.counters.counter_run import run_counter

QUICKER = {"redis-lock": "redis-lock?sleep=0.001"}  # as it is found, one worker may keep it for a whole run


def make(url):
    address = parse_state(QUICKER.get(url, url))
    need(address.why_not(USABLE_HERE))
    return address.create()


def run_of(state, workers=2, seconds=0.2, updates=None):
    observed = run_counter(state, workers, seconds, updates)
    return observed, judge_updates(observed.reports, observed.final, shared=state.traits.shared)
