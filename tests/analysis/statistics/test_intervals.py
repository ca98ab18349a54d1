"""Medians and their intervals, on figures whose answer is known."""

import math
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossover.analysis.statistics.intervals import Interval, _expanded, interval, ratio_of_results

FIGURES = st.lists(st.floats(0.001, 1e9), min_size=1, max_size=8)


@given(FIGURES)
def test_the_interval_holds_the_median_and_stays_among_the_samples(samples):
    found = interval(samples)
    assert found.median == statistics.median(samples)
    assert min(samples) <= found.low <= found.median <= found.high <= max(samples)


def test_one_sample_is_its_own_interval():
    assert interval([7.0]) == Interval(7.0, 7.0, 7.0)


def test_equal_samples_leave_no_doubt():
    assert interval([3.0] * 5) == Interval(3.0, 3.0, 3.0)
    assert interval([3.0] * 5) == (3.0, 3.0, 3.0)


def test_the_same_samples_give_the_same_interval():
    samples = [10.0, 12.0, 11.0, 15.0, 9.0]
    assert interval(samples) == interval(samples)


def test_the_interval_holds_the_true_median_nearly_always():
    draw = random.Random(1)
    found = [interval([draw.gauss(100, 10) for _ in range(25)]) for _ in range(40)]
    assert sum(one.low <= 100 <= one.high for one in found) >= 34


def test_more_samples_make_it_narrower():
    draw = random.Random(2)
    samples = [draw.gauss(100, 10) for _ in range(200)]
    few, many = interval(samples[:10]), interval(samples)
    assert many.high - many.low < few.high - few.low


def test_intervals_overlap_where_they_share_anything():
    assert Interval(2, 1, 3).overlaps(Interval(4, 3, 5))
    assert Interval(4, 3, 5).overlaps(Interval(2, 1, 3))
    assert Interval(4, 0, 9).overlaps(Interval(4, 3, 5))
    assert not Interval(2, 1, 3).overlaps(Interval(4, 3.1, 5))
    assert not Interval(4, 3.1, 5).overlaps(Interval(2, 1, 3))


def test_a_half_width_is_a_fraction_of_the_median():
    assert Interval(10.0, 8.0, 14.0).relative_half_width == 0.3
    assert Interval(0.0, 0.0, 0.0).relative_half_width == 0.0


def test_a_ratio_is_of_medians_with_an_interval_that_holds_it():
    found = ratio_of_results([100.0, 101.0, 99.0, 100.0, 100.0], [50.0, 51.0, 49.0, 50.0, 50.0])
    assert found.median == 0.5
    assert 0.47 < found.low < 0.5 < found.high < 0.53
    assert ratio_of_results([2.0] * 3, [4.0] * 3) == (2.0, 2.0, 2.0)
    several = ratio_of_results([100.0, 101.0, 99.0, 100.0, 100.0], [50.0, 51.0, 49.0, 50.0, 50.0], comparisons=8)
    assert several.low < found.low < found.high < several.high


def test_with_few_samples_an_interval_is_their_range_and_with_many_that_of_the_bootstrap():
    """The textbook's percentiles, 2.5 and 97.5, would be too narrow for few."""
    few = [1.0, 2.0, 3.0, 4.0, 5.0]
    assert interval(few)[1:] == (1.0, 5.0)
    assert ratio_of_results([1.0], few).low < 1.0
    many = [float(number) for number in range(1, 401)]
    low, high = interval(many)[1:]
    assert low == pytest.approx(200.5 - 19.6, abs=6)  # the binomial interval of a median: ranks 180 to 220
    assert high == pytest.approx(200.5 + 19.6, abs=6)


def test_the_part_outside_is_that_of_students_t_with_its_expansion():
    found = {count: _expanded(count) for count in (2, 5, 10, 30, 1_000)}
    normal = statistics.NormalDist()
    for count, t, near in ((5, 2.776, 0.25), (10, 2.262, 0.03), (30, 2.045, 0.01), (1_000, 1.962, 0.01)):
        assert found[count] == pytest.approx(normal.cdf(-t * math.sqrt(count / (count - 1))), rel=near)
    assert found[2] < found[5] < found[10] < found[30] < found[1_000] < 0.025
