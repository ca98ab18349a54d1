"""A machine that is slower for a while says nothing of any transport; one that spreads by itself stays noisy."""

import itertools

import pytest
from sample_records import result_of, rounds_of

from crossover.analysis.conclusions import conclude
from crossover.analysis.trust.drift import without_drift
from crossover.results.conclusions.findings import Standing

SLOWER = (1.0, 0.98, 0.7, 0.72, 1.02)  # the machine, round by round
RATES = {"pipe": 4000, "queue": 3000, "pool": 2000, "manager": 1000}


def drifting(**own):
    """Return the runs of four transports on a machine that is slower for a while; some have noise of their own."""
    return {
        name: rounds_of(name, *(rate * part * own.get(name, [1] * 5)[at] for at, part in enumerate(SLOWER)))
        for name, rate in RATES.items()
    }


def summary_of(runs):
    return {one.transport: one for one in conclude(result_of(*itertools.chain(*runs.values()))).summary}


def test_what_all_transports_have_in_common_is_taken_out():
    assert all(max(figures) == pytest.approx(min(figures)) for figures in without_drift(drifting()).values())


def test_a_machine_that_is_slower_for_a_while_keeps_nothing_from_being_proven():
    found = summary_of(drifting())
    assert found["pipe"].standing is Standing.FASTEST
    assert {found[name].standing for name in ("queue", "pool", "manager")} == {Standing.SLOWER}
    assert not any("noisy" in warning for one in found.values() for warning in one.warnings)


def test_a_transport_that_spreads_by_itself_is_noisy():
    found = summary_of(drifting(pool=[1, 1.6, 1, 0.5, 1.4]))
    assert any("noisy" in warning for warning in found["pool"].warnings)
    assert found["pool"].standing is Standing.UNPROVEN
    assert not found["queue"].warnings


def test_two_transports_alone_are_taken_as_they_are():
    runs = {name: found for name, found in drifting().items() if name in {"pipe", "queue"}}
    assert without_drift(runs) == {name: [run.throughput for run in found] for name, found in runs.items()}
