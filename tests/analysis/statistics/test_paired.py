"""The ratio of two transports, round by round, on figures whose answer is known."""

import pytest
from sample_records import rounds_of, run_of

from crossover.analysis.statistics.paired import paired_ratio, sound_rounds

DRIFT = {1: 1.0, 2: 0.4, 3: 2.5, 4: 0.8, 5: 1.7}  # what slows whole rounds down


def drifting(figure, *noise):
    return {number: figure * DRIFT[number] * (1 + part) for number, part in enumerate(noise, start=1)}


def test_what_slows_a_whole_round_down_cancels_out():
    found = paired_ratio(drifting(1000, 0, 0, 0, 0, 0), drifting(900, 0.001, -0.001, 0, 0.001, -0.001))
    assert found.ratio == pytest.approx(0.9, rel=1e-3)
    assert 0.89 < found.low < found.ratio < found.high < 0.91
    assert found.p < 0.001
    assert found.rounds == 5


def test_only_rounds_that_both_have_are_paired():
    base, new = {1: 100.0, 2: 100.0, 4: 1.0}, {1: 90.0, 2: 92.0, 3: 1.0}
    assert paired_ratio(base, new) == paired_ratio({1: 100.0, 2: 100.0}, {1: 90.0, 2: 92.0})


@pytest.mark.parametrize("rounds", [{}, {1: 100.0}])
def test_one_pair_has_no_spread_and_no_interval(rounds):
    assert paired_ratio({1: 100.0, 2: 100.0}, rounds) is None


def test_a_damaged_round_makes_no_pair():
    runs = [*rounds_of("queue", 100, 110), run_of("queue", 900, {"lost": 1}, round=3), run_of("queue", 0, round=4)]
    assert sound_rounds(runs) == {1: 100, 2: 110}
