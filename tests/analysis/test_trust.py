"""What the statistics say of planted data: they find what is there, and nothing where nothing is."""

import random

import pytest
from sample_records import result_of, rounds_of, run_of

from crossover.analysis.statistics.stopping_rule import is_precise_enough
from crossover.results.conclusions.findings import Standing
from crossover.results.records import LoadShape, Percentiles

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


@pytest.mark.long
@pytest.mark.parametrize("count", [4, 5, 7, 15])
def test_a_transport_is_within_noise_of_itself_however_many_rounds_there_are(count):
    assert sum(standing[1] is Standing.CLOSE for standing in standings(0.0, count)) >= 95


@pytest.mark.long
@pytest.mark.parametrize("count", [5, 9])
def test_a_slowdown_of_a_tenth_is_found(count):
    found = [standing == [Standing.FASTEST, Standing.SLOWER] for standing in standings(0.1, count)]
    assert sum(found) >= 95


def test_rounds_go_on_until_the_interval_is_narrow_enough():
    narrow, wide = [1_000, 1_010, 990, 1_005, 995], [1_000, 1_200, 800, 1_100, 900]
    assert is_precise_enough(rounds_of("queue", *narrow), 0.05)
    assert not is_precise_enough([*rounds_of("queue", *narrow), *rounds_of("pipe", *wide)], 0.05)


def test_fewer_than_five_rounds_are_never_enough():
    assert not is_precise_enough(rounds_of("queue", *[1_000] * 4), 0.05)
    assert is_precise_enough(rounds_of("queue", *[1_000] * 5), 0.05)


def test_a_transport_that_was_stopped_early_causes_no_more_rounds():
    left_out = rounds_of("pipe", 1_000, 3_000)
    assert is_precise_enough([*rounds_of("queue", *[1_000] * 5), *left_out], 0.05)


def test_at_a_rate_it_is_latency_that_must_be_sure():
    def at_rate(*tails):
        return [
            run_of("queue", 1_000, round=number, load=LoadShape("open", rate=1_000), latency_ms=latency(tail))
            for number, tail in enumerate(tails, start=1)
        ]

    assert is_precise_enough(at_rate(*[2.0] * 5), 0.05)
    assert not is_precise_enough(at_rate(2.0, 5.0, 2.5, 9.0, 3.0), 0.05)


def latency(p99):
    return Percentiles(p50=1.0, p90=1.5, p99=p99, p999=None, max=20.0, mean=1.1)
