"""A law that was planted in data is found again, as surely as its intervals say."""

import math
import random
import sys

import pytest

from crossover.analysis.scaling.law import Fit, fit
from crossover.results.findings import Coefficient

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
