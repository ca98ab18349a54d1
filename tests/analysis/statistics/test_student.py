"""Student's t distribution, against tables and scipy."""

import pytest

from crossover.analysis.statistics.student import quantile, two_sided

TABLE = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 9: 2.262, 29: 2.045}  # 97.5%, of every textbook


@pytest.mark.parametrize("freedom", TABLE)
def test_its_quantiles_are_those_of_the_table(freedom):
    assert quantile(0.975, freedom) == pytest.approx(TABLE[freedom], abs=5e-4)


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 12, 49])
@pytest.mark.parametrize("t", [0.0, 0.3, 1.0, 2.5, 12.0])
def test_its_tails_are_those_of_scipy(freedom, t):
    stats = pytest.importorskip("scipy.stats")
    assert two_sided(t, freedom) == pytest.approx(2 * stats.t.sf(t, freedom), abs=1e-12)
    assert two_sided(-t, freedom) == two_sided(t, freedom)
