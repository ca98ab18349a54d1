"""Cells are held against what is expected of them, and against what their transport promises."""

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
