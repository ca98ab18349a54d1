"""A law that was planted in data is found again, as surely as its intervals say."""

import math
import random
import sys

import numpy as np
import pytest
from scipy.optimize import curve_fit
from scipy.stats import t as student

from crossover.analysis.scaling.law import Fit, fit
from crossover.results.conclusions.findings import Coefficient

COUNTS = (1, 2, 3, 4, 6, 8, 12, 16)
ROUNDS = 3
GAMMA = 1_000.0
PLANTED = [
    pytest.param(0.05, 0.002, id="both"),
    pytest.param(0.0, 0.0, id="neither"),
    pytest.param(0.0, 0.005, id="crosstalk-only"),
    pytest.param(0.2, 0.0, id="contention-only"),
    pytest.param(0.02, 0.0001, id="nearly-linear"),
    pytest.param(0.5, 0.03, id="much"),
    pytest.param(0.9, 0.0, id="hardly-scales"),
]


def planted(alpha, beta, noise, seed):
    """Return workers and throughputs of a few rounds, of which each is a little off."""
    draw = random.Random(seed)
    workers = [count for _ in range(ROUNDS) for count in COUNTS]
    law = [GAMMA * n / (1 + alpha * (n - 1) + beta * n * (n - 1)) for n in workers]
    return workers, [figure * math.exp(draw.gauss(0, noise)) for figure in law]


@pytest.mark.parametrize("noise", [0.02, 0.05])
@pytest.mark.parametrize(("alpha", "beta"), PLANTED)
def test_what_was_planted_lies_in_its_interval_in_90_of_100(alpha, beta, noise):
    found = [fit(*planted(alpha, beta, noise, seed)) for seed in range(100)]
    for name, truth in (("alpha", alpha), ("beta", beta), ("gamma", GAMMA)):
        intervals = [getattr(one, name) for one in found]
        assert sum(one.low <= truth <= one.high for one in intervals) >= 90, name
        assert all(0 <= one.low <= one.value <= one.high for one in intervals), name


def test_intervals_say_something_too():
    found = fit(*planted(0.05, 0.002, 0.02, seed=1))
    assert found.alpha.high - found.alpha.low < 0.05
    assert found.beta.high - found.beta.low < 0.004
    assert found.gamma.high - found.gamma.low < 0.1 * GAMMA


def test_without_noise_the_law_itself_comes_back():
    found = fit(*planted(0.05, 0.002, 0.0, seed=1))
    assert (found.alpha.value, found.beta.value) == (pytest.approx(0.05), pytest.approx(0.002))
    assert found.gamma.value == pytest.approx(GAMMA)
    assert found.throughput(8) == pytest.approx(GAMMA * 8 / (1 + 0.05 * 7 + 0.002 * 8 * 7))


def test_the_peak_is_where_the_throughput_is_highest():
    found = fit(*planted(0.05, 0.002, 0.0, seed=1))
    assert found.peak == pytest.approx(math.sqrt(0.95 / 0.002))
    assert found.throughput(found.peak) > max(found.throughput(found.peak - 1), found.throughput(found.peak + 1))


@pytest.mark.parametrize(("alpha", "beta"), PLANTED)
def test_the_planted_law_lies_in_the_band_in_90_of_100(alpha, beta):
    found = [fit(*planted(alpha, beta, 0.05, seed)) for seed in range(100)]
    for workers in (1, 3, 8, 16):
        truth = GAMMA * workers / (1 + alpha * (workers - 1) + beta * workers * (workers - 1))
        bands = [one.between(workers) for one in found]
        assert sum(low <= truth <= high for low, high in bands) >= 90, workers
        inside = zip(found, bands, strict=True)
        assert all(low <= one.throughput(workers) <= high for one, (low, high) in inside)


def test_where_crosstalk_may_be_none_there_is_no_peak():
    assert fit(*planted(0.2, 0.0, 0.02, seed=3)).peak is None


def test_what_only_gets_slower_has_its_peak_at_one_worker():
    one = Coefficient(1.0, 0.9, 1.1)
    assert Fit(alpha=Coefficient(1.5, 1.4, 1.6), beta=one, gamma=one).peak == 1.0


def test_without_scipy_fitting_raises_import_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    with pytest.raises(ImportError):
        fit(*planted(0.05, 0.002, 0.02, seed=1))


def test_the_band_follows_from_the_covariances_of_the_estimate():
    spread = [[4e-4, 1e-5, 0.0], [1e-5, 9e-4, 2e-6], [0.0, 2e-6, 1e-6]]
    alpha, beta, gamma = Coefficient(0.05, 0, 1), Coefficient(0.002, 0, 1), Coefficient(1_000.0, 900.0, 1_100.0)
    law = Fit(alpha, beta, gamma, (math.log(1_000.0), 0.05, 0.002), spread)
    part = 1 + 0.05 * 2 + 0.002 * 6  # with three workers
    slopes = (1.0, -2 / part, -6 / part)
    variance = sum(slopes[i] * spread[i][j] * slopes[j] for i in range(3) for j in range(3))
    low, high = law.between(3)
    assert low == pytest.approx(3_000 / part / math.exp(math.sqrt(variance)))
    assert high == pytest.approx(3_000 / part * math.exp(math.sqrt(variance)))


def test_the_band_is_around_the_estimate_and_the_law_is_always_in_it():
    above, below = Coefficient(2_000.0, 1_900.0, 2_100.0), Coefficient(500.0, 400.0, 600.0)
    zero = Coefficient(0.0, 0.0, 0.0)
    for gamma, expected in ((above, (1_000.0, 2_000.0)), (below, (500.0, 1_000.0))):
        law = Fit(zero, zero, gamma, (math.log(1_000.0), 0.0, 0.0), [[0.0] * 3] * 3)
        assert law.between(1) == pytest.approx(expected)


def test_the_intervals_are_those_of_a_plain_least_squares_fit():
    workers, figures = planted(0.05, 0.002, 0.02, seed=1)

    def law(count, log_gamma, alpha, beta):
        return log_gamma + np.log(count) - np.log(1 + alpha * (count - 1) + beta * count * (count - 1))

    count = np.asarray(workers, float)
    estimate, covariance = curve_fit(law, count, np.log(figures), [math.log(GAMMA), 0.05, 0.002])
    times = student.ppf(0.975, len(workers) - 3)
    found = fit(workers, figures)
    assert found.estimate == pytest.approx(list(estimate), rel=1e-3)
    assert np.asarray(found.spread) == pytest.approx(covariance * times**2, rel=1e-2)
    for one, middle, error in zip(
        (found.alpha, found.beta), estimate[1:], np.sqrt(np.diag(covariance))[1:], strict=True
    ):
        assert (one.low, one.high) == pytest.approx((middle - times * error, middle + times * error), rel=1e-2)
