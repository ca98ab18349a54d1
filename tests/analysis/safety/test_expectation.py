"""Cells are held against what is expected of them, and against what their transport promises."""

import msgspec
import pytest
from sample_self_tests import result_of

from crossover.analysis.safety.expectation import broken_promises, deviation, expectation_of
from crossover.contract.registry import TRANSPORTS, load
from crossover.contract.safety import Safety
from crossover.execution.faults.catalogue import FAULTS


@pytest.mark.parametrize(
    ("seen", "expectation", "said"),
    [
        ("L", "L", ""),
        ("", "L", "expected, but not seen: lost"),
        ("LE", "L", "not expected: visible error"),
        ("", "l", ""),
        ("L", "l", ""),
        ("D", "", "not expected: duplicated"),
        ("H", "LE", "not expected: hung; expected, but not seen: lost, visible error"),
    ],
)
def test_capitals_must_be_seen_and_small_letters_may_be(seen, expectation, said):
    found = expectation_of("queue", Safety.DEFAULT, "none")._replace(symptoms=expectation)
    assert deviation(seen, found) == said


@pytest.mark.parametrize("name", TRANSPORTS)
def test_every_possible_cell_has_an_expectation_with_a_source(name):
    traits = load(name).traits
    for level in traits.guarantees:
        for fault in FAULTS.values():
            if fault.why_not(traits) is None:
                found = expectation_of(name, level, fault.name)
                assert found is not None, (level, fault.name)
                assert found.source


def test_a_loss_breaks_a_promise_only_where_there_is_one():
    safe, fast = result_of("redis-list", Safety.SAFE), result_of("redis-list", Safety.FAST)
    for fault in ("kill-worker-busy", "kill-broker", "poison-task"):
        assert broken_promises([safe(fault, lost=1)])
        assert not broken_promises([fast(fault, lost=1)])
        assert not broken_promises([safe(fault, lost=0)])
    assert broken_promises([fast("none", lost=1)])


NOT_OF_ANY = {"none", "pause-broker", "oversize-payload", "unpicklable-payload"}  # there nothing dies
PROMISES = [
    ("kill-worker-busy", {"survives_worker"}),
    ("kill-worker-idle", {"survives_worker"}),
    ("kill-broker", {"survives_broker"}),
    ("kill-producer", {"survives_broker"}),
    ("cut-network", {"survives_broker"}),
    ("fill-broker-memory", {"survives_broker"}),
    ("kill-worker-parent", {"survives_broker"}),
    *((fault, {"survives_worker", "survives_broker", "neither"}) for fault in sorted(NOT_OF_ANY)),
]


@pytest.mark.parametrize("promise", ["survives_worker", "survives_broker", "neither"])
@pytest.mark.parametrize(("fault", "kept_under"), PROMISES)
def test_a_promise_about_workers_says_nothing_about_brokers_nor_the_other_way_round(fault, kept_under, promise):
    """That is what the exit status of `crossover safety` follows from."""
    assert fault in FAULTS
    run = result_of("redis-list", Safety.SAFE)(fault, lost=1)
    promises = {"survives_worker": False, "survives_broker": False}
    promises |= {promise: True} if promise in promises else {}
    run.guarantee = msgspec.structs.replace(run.guarantee, **promises)
    assert bool(broken_promises([run])) is (promise in kept_under)


def test_what_is_popped_is_gone_with_its_worker_and_what_is_acknowledged_later_is_not():
    popped = expectation_of("redis-list", Safety.DEFAULT, "kill-worker-busy")
    kept = expectation_of("redis-list", Safety.SAFE, "kill-worker-busy")
    assert "L" in popped.symptoms.upper()
    assert "L" not in kept.symptoms.upper()
