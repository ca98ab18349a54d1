"""What runs that are too short or too noisy do not prove, and which numbers would."""

import random
import statistics

import pytest
from sample_records import result_of, rounds_of

from crossover.analysis.trust.enough import enough, rounds_needed, unproven
from crossover.analysis.trust.warnings import is_noisy, round_warnings
from crossover.report.wording.comparison.ranking import unproven as said
from crossover.report.wording.comparison.ranking import versus_fastest
from crossover.results.conclusions.answer import TOO_NOISY, TOO_SHORT, Enough
from crossover.results.conclusions.findings import Standing

STEADY = (1000, 1001, 999, 1000, 1002)
NOISE = (500, 700, 400, 600, 550)


def standings(*runs, **changes):
    result = result_of(*runs, **changes)
    return {one.transport: one.standing for one in result.summary}, result


def test_a_steady_run_of_a_second_proves_something():
    assert unproven(rounds_of("queue", *STEADY), STEADY) == ""
    assert enough({"queue": rounds_of("queue", *STEADY)}) is None


def test_short_runs_need_the_tasks_of_a_second():
    found = enough({"queue": rounds_of("queue", 17_900, 18_300, 18_000, seconds=0.05)})
    assert found == Enough(tasks=19_000, rounds=3, transports=["queue"], reason=TOO_SHORT)


@pytest.mark.parametrize(("rate", "tasks"), [(0.4, 0), (1, 1), (7, 7), (19, 19), (21, 30), (104, 110), (2001, 3000)])
def test_the_numbers_are_easily_typed(rate, tasks):
    assert enough({"queue": rounds_of("queue", rate, rate, seconds=0.1)}).tasks == tasks


def test_noisy_rounds_need_more_of_them_and_no_more_tasks():
    found = enough({"pipe": rounds_of("pipe", *NOISE)})
    assert (found.tasks, found.reason) == (0, TOO_NOISY)
    assert 15 < found.rounds <= 50


@pytest.mark.long
def test_wild_rounds_need_longer_runs_too():
    found = enough({"pipe": rounds_of("pipe", 100, 900, 2000, 50)})
    assert found.rounds == 50
    assert found.tasks > 1000


def test_of_several_transports_the_largest_numbers_would_do():
    slow, fast = rounds_of("pipe", *NOISE), rounds_of("queue", *STEADY, seconds=0.1)
    both = enough({"pipe": slow, "queue": fast, "pool": rounds_of("pool", *STEADY)})
    assert (both.tasks, both.rounds) == (enough({"queue": fast}).tasks, enough({"pipe": slow}).rounds)
    assert both.transports == ["pipe", "queue"]


def test_more_tasks_mend_no_damage():
    assert enough({"queue": rounds_of("queue", *STEADY, seconds=0.1, delivery={"lost": 1})}) is None


def test_with_the_numbers_that_would_do_noise_is_gone():
    draw = random.Random(3)
    spread = statistics.stdev(NOISE) / statistics.fmean(NOISE)
    needed = enough({"pipe": rounds_of("pipe", *NOISE)}).rounds
    again = [[draw.gauss(1, spread) for _ in range(needed)] for _ in range(200)]
    assert sum(map(is_noisy, again)) <= 20


def test_smaller_differences_need_more_rounds():
    assert rounds_needed(0.05, 0.2) < rounds_needed(0.05, 0.05) < rounds_needed(0.05, 0.02)
    assert rounds_needed(0.0, 0.1) == 4


def test_many_noisy_rounds_average_out():
    assert round_warnings(NOISE) != []
    assert round_warnings(NOISE * 10) == []


def test_neither_a_short_nor_a_noisy_one_has_a_standing():
    found, result = standings(
        *rounds_of("queue", *STEADY), *rounds_of("pipe", *NOISE), *rounds_of("pool", *(9 * one / 10 for one in STEADY))
    )
    assert found == {"queue": Standing.FASTEST, "pool": Standing.SLOWER, "pipe": Standing.UNPROVEN}
    assert dict(zip(found, versus_fastest(result), strict=True))["pipe"] == "not proven"
    assert said(result) == ""  # it has not what it takes to be the fastest


def test_nothing_is_compared_with_a_fastest_that_is_not_proven():
    found, result = standings(*rounds_of("queue", *STEADY), *rounds_of("pipe", *(9 * one for one in NOISE)))
    assert set(found.values()) == {Standing.UNPROVEN}
    assert not [one for one in result.summary if one.to_fastest]
    assert said(result).startswith("Not proven (pipe: too noisy): use -r ")
    short, result = standings(*rounds_of("queue", *STEADY, seconds=0.1), *rounds_of("pipe", *NOISE, seconds=0.1))
    assert set(short.values()) == {Standing.UNPROVEN}
    assert "Not proven (queue, pipe: too short): use -n 1100 -r " in said(result)


def test_no_gate_breaks_on_runs_that_prove_nothing():
    gate = {"gate": 0.05, "compared_with": {"pipe": "queue"}}
    slower = [rounds_of("queue", *STEADY), rounds_of("pipe", *(one / 2 for one in STEADY))]
    assert result_of(*slower[0], *slower[1], **gate).pairs[0].breached
    short = [rounds_of("queue", *STEADY), rounds_of("pipe", *(one / 2 for one in STEADY), seconds=0.1)]
    assert not result_of(*short[0], *short[1], **gate).pairs[0].breached
