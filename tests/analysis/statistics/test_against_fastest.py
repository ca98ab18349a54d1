"""Simulated transports: what is planted is found, and where nothing is planted, chance alone calls nothing."""

import runpy
from pathlib import Path

import pytest

from crossover.analysis.statistics.against_fastest import compare_with_fastest

SIMULATED = runpy.run_path(str(Path(__file__).parents[3] / "benchmarks" / "differences.py"))
TABLES = 200
NOISE = 0.03  # of the ratio of two runs in one round
SHAPE = {1: 1.0, 2: 0.5, 3: 1.6, 4: 0.8, 5: 1.2}  # of each round, for all alike


def rounds(figure, *noise):
    return {number: figure * SHAPE[number] * (1 + part) for number, part in enumerate(noise, start=1)}


EQUAL = (0.01, -0.01, 0.0, 0.01, -0.01)
OTHER = (-0.01, 0.01, 0.01, -0.01, 0.0)


@pytest.mark.parametrize(("transports", "count"), [(2, 4), (2, 5), (2, 10), (4, 5), (13, 5), (13, 10)])
def test_of_equal_transports_hardly_any_table_calls_a_difference(transports, count):
    tables = TABLES if transports < 13 else 60
    assert SIMULATED["share"](tables, transports, count, 0.0, NOISE) <= 0.05


@pytest.mark.parametrize(("count", "slower", "found"), [(10, 0.05, 0.90), (5, 0.10, 0.95)])
def test_a_planted_slowdown_is_found(count, slower, found):
    assert SIMULATED["share"](TABLES, 2, count, slower, NOISE) >= found


def test_among_many_a_slowdown_needs_to_be_clearer_and_is_found_as_well():
    assert SIMULATED["share"](40, 13, 10, 0.10, NOISE) >= 0.95


def test_one_round_that_was_held_up_hides_nothing_where_there_are_ten():
    clean = {number: 1000.0 * (1 + (-1) ** number / 200) for number in range(1, 11)}
    slow = dict.fromkeys(range(1, 11), 900.0)
    _, ratios = compare_with_fastest([["queue", "pipe"]], {"queue": clean | {4: 500.0}, "pipe": slow})
    assert ratios["pipe"].high < 0.91


def test_an_interval_holds_1_just_where_no_difference_is_called():
    figures = {
        "queue": rounds(1000, *EQUAL),
        "pipe": rounds(1000, *OTHER),
        "pool": rounds(970, *EQUAL[::-1]),
        "manager": rounds(500, *OTHER[::-1]),
    }
    _, ratios = compare_with_fastest([list(figures)], figures)
    assert {label: one.differs for label, one in ratios.items()} == {"pipe": False, "pool": False, "manager": True}
    assert all(one.differs == (one.p <= 0.025) for one in ratios.values())
    assert all(one.low <= one.ratio <= one.high for one in ratios.values())


def test_each_further_transport_makes_an_interval_wider():
    pair = {"queue": rounds(1000, *EQUAL), "pipe": rounds(950, *OTHER)}
    more = pair | {"pool": rounds(400, *EQUAL)}
    (_, two), (_, three) = (compare_with_fastest([list(found)], found) for found in (pair, more))
    assert three["pipe"].low < two["pipe"].low < two["pipe"].high < three["pipe"].high


@pytest.mark.long
def test_other_groups_count_as_comparisons_of_the_same_table():
    pair = {"queue": rounds(1000, *EQUAL), "pipe": rounds(950, *OTHER)}
    brokers = {"redis-list": rounds(300, *EQUAL), "rabbitmq": rounds(290, *OTHER)}
    fastest, ratios = compare_with_fastest([["queue", "pipe"], ["redis-list", "rabbitmq"]], pair | brokers)
    alone = compare_with_fastest([["queue", "pipe"]], pair)[1]
    assert fastest == {"queue": "queue", "pipe": "queue", "redis-list": "redis-list", "rabbitmq": "redis-list"}
    assert ratios["pipe"].p > alone["pipe"].p


@pytest.mark.long
def test_who_missed_the_slow_rounds_is_not_the_fastest():
    ran_always = rounds(1000, *EQUAL)
    missed = {number: figure for number, figure in rounds(800, *OTHER).items() if number != 2}
    missed[2.5] = 1500.0  # a round of its own
    fastest, ratios = compare_with_fastest([["pipe", "queue"]], {"pipe": missed, "queue": ran_always})
    assert fastest["pipe"] == "queue"
    assert ratios["pipe"].rounds == 4
    assert ratios["pipe"].high < 1


def test_one_that_shares_no_round_with_the_fastest_has_no_ratio():
    _, ratios = compare_with_fastest([["queue", "pipe"]], {"queue": {1: 5.0, 2: 6.0}, "pipe": {3: 1.0, 4: 1.0}})
    assert ratios == {}


def test_equal_figures_differ_by_nothing():
    same = dict.fromkeys(range(1, 6), 100.0)
    _, ratios = compare_with_fastest([["queue", "pipe"]], {"queue": same, "pipe": same})
    assert (ratios["pipe"].ratio, ratios["pipe"].low, ratios["pipe"].high, ratios["pipe"].p) == (1, 1, 1, 1)
