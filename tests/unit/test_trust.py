"""What the statistics say of planted data: they find what is there, and nothing where nothing is."""

import random

import pytest
from results import result_of, rounds_of

from crossover.analysis.rounds import sure
from crossover.contract.findings import Standing

NOISE = 0.02  # standard deviation of a round, as a part of the mean
TIMES = 100


def compared(seed, slower, count):
    """Compare two transports, the second one slower by a part; the machine is noisy."""
    draw = random.Random(seed)

    def rounds(transport, mean):
        return rounds_of(transport, *(draw.gauss(mean, NOISE * mean) for _ in range(count)))

    return result_of(*rounds("queue", 1_000), *rounds("pipe", 1_000 * (1 - slower)))


def standings(slower, count):
    return [[one.standing for one in compared(seed, slower, count).summary] for seed in range(TIMES)]


@pytest.mark.parametrize("count", [4, 5, 6, 7, 9, 15])
def test_a_transport_beside_itself_is_not_distinguishable_however_many_rounds_there_are(count):
    assert sum(standing[1] is Standing.CLOSE for standing in standings(0.0, count)) >= 95


@pytest.mark.parametrize("count", [5, 7, 9])
def test_a_slowdown_of_a_tenth_is_found(count):
    found = [standing == [Standing.FASTEST, Standing.SLOWER] for standing in standings(0.1, count)]
    assert sum(found) >= 95


def test_rounds_go_on_until_the_interval_is_narrow_enough():
    narrow, wide = [1_000, 1_010, 990, 1_005, 995], [1_000, 1_200, 800, 1_100, 900]
    assert sure(rounds_of("queue", *narrow), 0.05)
    assert not sure([*rounds_of("queue", *narrow), *rounds_of("pipe", *wide)], 0.05)


def test_fewer_than_five_rounds_are_never_enough():
    assert not sure(rounds_of("queue", *[1_000] * 4), 0.05)
    assert sure(rounds_of("queue", *[1_000] * 5), 0.05)
