"""More rounds are for those that may still win: equal ones are rarely called different, and slow ones end early."""

import random

import pytest
from sample_records import AT_MOST_ONCE_ACROSS, rounds_of

from crossover.analysis.statistics.against_fastest import REPEATED, compare_with_fastest
from crossover.analysis.statistics.paired import told_apart
from crossover.analysis.statistics.undecided import far_behind, undecided
from crossover.results.conclusions.findings import Standing, Summary
from crossover.results.records import ENOUGH_ROUNDS

MOST = 8


def summary(label, standing, group="local"):
    return Summary(label, 1.0, 1.0, 1.0, None, None, "", standing, group=group)


def in_rounds(speeds, noise, chance):
    """Return what is told apart at the end, and how many rounds each had: as `compare` does it without -r."""
    rounds = {label: {} for label in speeds}
    going_on = set(speeds)
    for number in range(1, MOST + 1):
        disturbed = chance.uniform(0.8, 1.2)
        for label in going_on:
            rounds[label][number] = speeds[label] * disturbed * (1 + chance.gauss(0, noise[label]))
        if number == 1:
            continue
        ordered = sorted(speeds, key=lambda label: -sum(rounds[label].values()) / len(rounds[label]))
        fastest, ratios = compare_with_fastest([ordered], rounds, REPEATED)
        apart = {label for label, ratio in ratios.items() if told_apart(ratio)}
        going_on = set(
            undecided(
                [
                    summary(
                        label,
                        Standing.FASTEST
                        if label == fastest[label]
                        else Standing.SLOWER
                        if label in apart
                        else Standing.CLOSE,
                    )
                    for label in speeds
                ],
                {label: len(own) for label, own in rounds.items()},
            )
        )
    return apart, {label: len(own) for label, own in rounds.items()}


@pytest.mark.parametrize(("count", "tables", "noisy"), [(2, 150, 0.03), (4, 100, 0.15), (9, 25, 0.15)])
def test_of_equal_transports_hardly_any_table_calls_a_difference_though_it_is_looked_at_after_each_round(
    count, tables, noisy
):
    chance = random.Random(count)
    labels = [f"transport {number}" for number in range(count)]
    noise = dict.fromkeys(labels, 0.03) | {labels[0]: noisy}
    called = sum(bool(in_rounds(dict.fromkeys(labels, 1000), noise, chance)[0]) for _ in range(tables))
    assert called <= max(2, 0.06 * tables)


def test_what_is_far_slower_than_the_others_gets_two_or_three_rounds_and_is_called_slower():
    speeds = {"queue": 1000, "pipe": 1010, "pool": 990, "manager": 1005, "serial": 500, "executor": 480, "slow": 150}
    apart, rounds = in_rounds(speeds, dict.fromkeys(speeds, 0.03), random.Random(1))
    assert {"serial", "executor", "slow"} <= apart
    assert max(rounds[label] for label in ("serial", "executor", "slow")) < ENOUGH_ROUNDS


def test_those_that_may_be_the_fastest_go_on_and_so_does_the_fastest():
    found = [summary("queue", Standing.FASTEST), summary("pipe", Standing.CLOSE), summary("pool", Standing.SLOWER)]
    assert undecided(found, dict.fromkeys(["queue", "pipe", "pool"], 5)) == {"queue", "pipe"}


def test_the_fastest_of_each_group_has_enough_rounds_to_be_compared_with_that_of_another_one():
    found = [summary("queue", Standing.FASTEST), summary("redis-list", Standing.FASTEST, "broker")]
    assert undecided(found, {"queue": 4, "redis-list": 3}) == {"redis-list"}
    assert undecided(found, {"queue": 4, "redis-list": 4}) == set()


def test_damaged_ones_and_those_that_were_limited_by_something_else_have_no_more_rounds():
    found = [summary("queue", Standing.FASTEST), summary("pipe", Standing.DAMAGED), summary("pool", Standing.LIMITED)]
    assert undecided(found, dict.fromkeys(["queue", "pipe", "pool"], 4)) == set()


def test_what_is_far_behind_gets_no_further_rounds():
    runs = [*rounds_of("pipe", 3500, 3000), *rounds_of("queue", 2500, 2400), *rounds_of("manager", 1900, 1500)]
    assert far_behind(runs) == {"manager"}


def test_a_group_of_its_own_is_not_behind_another():
    slow = rounds_of("celery+redis", 400, 410, guarantee=AT_MOST_ONCE_ACROSS)
    assert far_behind([*rounds_of("pipe", 3500, 3000), *slow]) == set()
