"""The same command several times: `diff` breaches nothing, with noise as it was observed."""

import itertools
import random

import pytest
from sample_records import result_of, rounds_of

from crossover.analysis.differences.difference import difference

OBSERVED = {
    "serial": [(0.97, 1.0, 1.03, 0.99, 1.04), (0.9, 1.0, 1.0, 1.02, 0.95), (0.93, 1.14, 1.0, 0.98, 1.07)],
    "threads": [(0.96, 1.0, 1.01, 0.93, 1.12), (1.0, 0.95, 1.02, 1.0, 0.99), (0.91, 1.0, 1.09, 1.02, 0.97)],
    "queue": [(1.0, 0.94, 1.05, 0.98, 1.07), (0.9, 1.0, 1.09, 1.01, 0.92), (0.86, 1.0, 1.02, 1.16, 0.97)],
    "pipe": [(0.88, 1.0, 1.11, 1.19, 0.92), (1.0, 0.91, 1.08, 1.01, 0.99), (0.6, 1.0, 0.97, 1.3, 1.1)],
}
"""Rounds of default commands on two cores, as parts of their median: quiet, usual, and with a neighbour."""
DRIFT = {0: 0.03, 1: 0.06, 2: 0.15}  # by which the medians of commands differed: as the rounds within them


def command(draw, slower=1.0):
    """Return the result of a command: all its rounds have something in common that the next one has not."""
    kind, runs = draw.choice(range(3)), []
    whole = draw.gauss(0, DRIFT[kind] / 2)
    for name, observed in OBSERVED.items():
        speed = 1000 * slower * (1 + whole + draw.gauss(0, DRIFT[kind] / 2))
        runs += rounds_of(name, *(speed * part for part in draw.sample(observed[kind], 5)))
    return result_of(*runs)


@pytest.mark.long
def test_of_100_times_four_commands_nothing_is_breached():
    draw = random.Random(11)
    for _ in range(100):
        results = [command(draw) for _ in range(4)]
        for base, new in itertools.permutations(results, 2):
            found = difference(base, new, 0.1)
            assert not found.breached, [one for one in found.changes if one.breached]


@pytest.mark.long
def test_a_slowdown_to_half_is_found_nearly_always_where_rounds_prove_anything():
    draw = random.Random(12)
    judged = [
        change
        for _ in range(60)
        for change in difference(command(draw), command(draw, slower=0.5), 0.1).changes
        if change.change != "not proven"
    ]
    assert len(judged) > 100
    assert sum(one.breached for one in judged) >= 0.9 * len(judged)


def test_a_machine_that_does_something_else_proves_nothing():
    """Its commands differed by factors: medians of 41,517, 22,331 and 71,093 tasks/s."""
    quiet = result_of(*rounds_of("threads", 1000, 1001, 999, 1000, 1002))
    busy = result_of(*rounds_of("threads", 500, 501, 499, 500, 502))
    assert difference(quiet, busy, 0.1).breached
    for run in busy.runs:
        run.cost.others_cpu_seconds = 1.5
    found = difference(quiet, busy, 0.1)
    assert not found.breached
    assert found.not_proven.reason == "the machine was busy with something else"


def test_disturbed_rounds_do_not_count_where_enough_others_do():
    quiet = result_of(*rounds_of("threads", 1000, 1001, 999, 1000, 1002))
    some = result_of(*rounds_of("threads", 500, 501, 499, 502, 100))
    some.runs[4].cost.others_cpu_seconds = 1.5
    assert difference(quiet, some, 0.1).changes[0].breached
