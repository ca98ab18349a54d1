"""How much slower one is than the other, of rounds in which both ran, and when that breaches a gate."""

import pytest
from sample_records import result_of, rounds_of

from crossover.analysis.pairs import pairs
from crossover.analysis.run_selection import by_label

STEADY, NOISY = (1.0, 1.001, 0.999, 1.0005, 0.9995), (1.0, 1.02, 0.98, 1.01, 0.99)


def pair(figure, gate=None, noise=STEADY, rounds=5):
    """Compare a version that carries some tasks per second with one that carries 1,000."""
    old = rounds_of("old", *[1_000.0] * rounds)
    new = rounds_of("new", *(figure * part for part in noise[:rounds]))
    plan = result_of(*old, *new, compared_with={"new": "old"}, gate=gate).plan
    (found,) = pairs(plan, by_label([*old, *new]))
    assert (found.transport, found.base, found.rounds) == ("new", "old", rounds)
    return found


@pytest.mark.parametrize(("figure", "slower"), [(900.0, 0.1), (1_000.0, 0.0), (1_100.0, -0.1)])
def test_how_much_slower_is_a_share_of_the_base_and_has_its_interval(figure, slower):
    found = pair(figure)
    assert found.slower == pytest.approx(slower, abs=0.001)
    assert found.low < found.slower < found.high
    assert (found.low, found.high) == (pytest.approx(slower, abs=0.003), pytest.approx(slower, abs=0.003))


@pytest.mark.parametrize(
    ("figure", "gate", "noise", "breached"),
    [
        (900.0, 0.05, STEADY, True),
        (900.0, 0.2, STEADY, False),
        (980.0, 0.05, STEADY, False),
        (945.0, 0.05, NOISY, False),  # slower by 5.5%, but not with all of the interval
        (900.0, None, STEADY, False),
        (1_100.0, 0.05, STEADY, False),
        (1_000.0, 0.0, (1.0,) * 5, False),  # just as fast is no slower
    ],
)
def test_a_gate_is_breached_where_all_of_the_interval_is_beyond_it(figure, gate, noise, breached):
    assert pair(figure, gate, noise).breached is breached


def test_four_rounds_can_breach_a_gate_and_three_cannot():
    assert pair(500.0, 0.05, rounds=4).breached
    assert not pair(500.0, 0.05, rounds=3).breached


def test_only_rounds_in_which_both_ran_are_counted():
    old, new = rounds_of("old", 1_000.0, 1_000.0, 1_000.0), rounds_of("new", 900.0)
    plan = result_of(*old, *new, compared_with={"new": "old", "gone": "old"}).plan
    one, other = pairs(plan, by_label([*old, *new]))
    assert (one.rounds, one.slower, one.breached) == (1, None, False)
    assert (other.transport, other.rounds, other.slower) == ("gone", 0, None)
