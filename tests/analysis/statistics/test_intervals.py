"""Medians and their intervals, on figures whose answer is known."""

import random
import statistics

from hypothesis import given
from hypothesis import strategies as st

from crossover.analysis.statistics.intervals import Interval, interval

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
