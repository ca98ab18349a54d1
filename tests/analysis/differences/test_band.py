"""The band of older results: how often a newest one leaves it by chance, and what does not make it wider."""

import math
import random

import pytest

from crossover.analysis.differences.band import band_of
from crossover.analysis.differences.level import ENOUGH_RESULTS


def alone(figures):
    """Each result has one round."""
    return [[figure] for figure in figures]


def independent(draw, count):
    return [1000 * math.exp(draw.gauss(0, 0.02)) for _ in range(count)]


def alike(draw, count):
    """Neighbours are alike: a machine that is warm today is warm tomorrow, too."""
    figures, away = [], draw.gauss(0, 0.02)
    for _ in range(count):
        figures.append(1000 * math.exp(away))
        away = 0.6 * away + draw.gauss(0, 0.02 * math.sqrt(1 - 0.6**2))
    return figures


def left(make, count, times=300, *, changed=1.0, cases=1):
    """The part of series whose newest figure, times a factor, lies below the band of the others."""
    draw, below = random.Random(7), 0
    for _ in range(times):
        *older, newest = make(draw, count + 1)
        _, band = band_of(alone(older), 1, cases)
        below += newest * changed < band.low
    return below / times


@pytest.mark.parametrize("make", [independent, alike])
@pytest.mark.parametrize("count", [6, 12, 30])
def test_a_newest_result_like_the_others_is_rarely_below_the_band(make, count):
    assert left(make, count) <= 0.05  # 2.5% by its definition


@pytest.mark.parametrize("count", [8, 12, 30])
def test_a_newest_result_that_is_15_percent_slower_is_nearly_always_below(count):
    assert left(independent, count, changed=0.85) >= 0.95


def test_of_13_cases_together_hardly_one_leaves_its_band():
    draw, some = random.Random(7), 0
    for _ in range(60):
        each = [independent(draw, 13) for _ in range(13)]
        bands = [band_of(alone(figures[:-1]), 1, 13)[1] for figures in each]
        some += any(not band.low <= one[-1] <= band.high for one, band in zip(each, bands, strict=True))
    assert some <= 6  # 3 by its definition; of 13 bands of their own, 29


def test_fewer_than_six_results_make_no_band():
    level, band = band_of(alone([1000.0] * (ENOUGH_RESULTS - 1)), 1, 1)
    assert (band, level.since) == (None, 0)
    assert band_of([], 1, 1)[1] is None


def test_an_outlier_makes_the_band_hardly_wider_and_is_named():
    draw = random.Random(7)
    figures = independent(draw, 12)
    _, usual = band_of(alone(figures), 1, 1)
    level, band = band_of(alone([*figures[:5], 500.0, *figures[5:]]), 1, 1)
    assert level.outliers == {5}
    assert band.high / band.low == pytest.approx(usual.high / usual.low, rel=0.02)


def test_only_the_last_level_makes_the_band():
    draw = random.Random(7)
    slow, fast = independent(draw, 10), [1.2 * figure for figure in independent(draw, 8)]
    level, band = band_of(alone([*slow, *fast]), 1, 1)
    assert level.since == 10
    assert level.shift == pytest.approx(math.log(1.2), abs=0.03)
    assert band.low > 1050


def test_a_new_level_is_believed_from_its_sixth_result_on():
    draw = random.Random(7)
    series = [*independent(draw, 12), *(0.8 * figure for figure in independent(draw, 8))]
    since = [band_of(alone(series[: 12 + count]), 1, 1)[0].since for count in range(9)]
    assert since == [0] * 6 + [12] * 3


def rounds_like(medians, part):
    """Results of five rounds each, which differ by this part from one to the next."""
    return [[median * (1 + step * part) for step in (-2, -1, 0, 1, 2)] for median in medians]


def width(rounds, count=5):
    _, band = band_of(rounds, count, 1)
    return math.log(band.high / band.low)


ALIKE = (1000, 1002, 998, 1001, 999, 1000, 1002, 998)


def test_results_that_happen_to_be_alike_make_a_wider_band_if_their_rounds_are_not():
    assert width(rounds_like(ALIKE, 0.02)) > 1.5 * width(rounds_like(ALIKE, 0.0001))


def test_many_results_that_are_alike_are_believed_whatever_their_rounds():
    assert width(rounds_like(ALIKE * 5, 0.2)) < 1.3 * width(rounds_like(ALIKE * 5, 0.0001))


def test_a_newest_result_of_fewer_rounds_has_a_wider_band():
    widths = [width(rounds_like(ALIKE, 0.0015), count) for count in (1, 2, 5, 9)]
    assert widths[0] > widths[1] > widths[2] == widths[3]


def test_the_same_figure_every_time_is_a_band_without_width():
    _, band = band_of(alone([1000.0] * 20), 1, 1)
    assert band.low == pytest.approx(1000)
    assert band.high == pytest.approx(1000)
