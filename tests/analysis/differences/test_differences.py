"""What is slower or faster than before, as intervals say, and what cannot be told."""

import random

import pytest
from sample_differences import ROUNDS, in_one_line, said
from sample_records import result_of, rounds_of, run_of

from crossover.analysis.differences.difference import difference
from crossover.results.records import Skipped


def noisy(center, spread, draw, count=5):
    return [center * (1 + draw.gauss(0, spread)) for _ in range(count)]


def between(base, new, threshold=0.1):
    return difference(result_of(*rounds_of("queue", *base)), result_of(*rounds_of("queue", *new)), threshold)


def test_a_planted_slowdown_of_20_percent_breaches_a_threshold_of_10():
    found = between(ROUNDS, [0.8 * figure for figure in ROUNDS])
    assert found.breached
    assert "queue 1,000 800 -20% (-22 to -18%)" in in_one_line(found)
    assert "Slower by more than 10%: queue." in in_one_line(found)


def test_the_same_the_other_way_round_is_faster_and_breaches_nothing():
    found = between([0.8 * figure for figure in ROUNDS], ROUNDS)
    assert not found.breached
    assert "queue 800 1,000 +25% (+22 to +29%)" in in_one_line(found)
    assert "No case is proven to be slower by more than 10%" in in_one_line(found)


def test_what_is_slower_by_less_than_the_threshold_is_said_and_breaches_nothing():
    found = between(ROUNDS, [0.95 * figure for figure in ROUNDS])
    assert "queue 1,000 950 -5" in in_one_line(found)
    assert not found.breached


def test_what_may_be_slower_by_less_than_the_threshold_does_not_breach_it():
    found = between(ROUNDS, (900, 870, 830, 800, 850))
    assert not found.breached
    assert "Slower, but perhaps by less: queue." in in_one_line(found)


def test_the_same_is_not_distinguishable():
    found = between(ROUNDS, ROUNDS)
    assert "no significant difference (-3 to +3%)" in in_one_line(found)
    assert "No significant difference: queue." in in_one_line(found)


def test_fewer_than_four_rounds_say_nothing():
    found = between((1000, 1001, 1002), (500, 501, 502))
    assert not found.breached
    assert "Fewer than 4 valid rounds cannot tell a difference from noise" in in_one_line(found)


@pytest.mark.long
def test_of_100_comparisons_of_the_same_hardly_one_is_called_different():
    draw = random.Random(7)
    found = [between(noisy(1000, 0.05, draw), noisy(1000, 0.05, draw), 0.0) for _ in range(100)]
    assert sum(one.changes[0].change != "not distinguishable" for one in found) <= 5
    assert sum(one.breached for one in found) <= 3


@pytest.mark.long
def test_of_100_slowdowns_of_20_percent_nearly_all_are_found():
    draw = random.Random(7)
    found = [between(noisy(1000, 0.02, draw), noisy(800, 0.02, draw)) for _ in range(100)]
    assert sum(one.breached for one in found) >= 95


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"delivery": {"lost": 3}}, "now 3 × lost, and none before"),
        ({"delivery": {"failed": 1, "completed": 999}}, "now 1 × failed, and none before"),
        ({"ending": "a process died: worker 17"}, "now 1 × a process died, and none before"),
        ({"ending": "hung"}, "now 1 × hung, and none before"),
    ],
)
def test_what_went_wrong_now_and_not_before_breaches_whatever_the_speed(changes, words):
    sound = rounds_of("queue", *ROUNDS)
    bad = [*rounds_of("queue", *ROUNDS[:4]), run_of("queue", 1000, round=5, **changes)]
    found = difference(result_of(*sound), result_of(*bad), 0.1)
    assert found.breached
    assert f"queue: {words}" in in_one_line(found)
    assert not difference(result_of(*bad), result_of(*sound), 0.1).breached
    assert not difference(result_of(*bad), result_of(*bad), 0.1).breached


def test_what_went_wrong_once_before_and_in_every_round_now_breaches():
    base = [*rounds_of("queue", *ROUNDS[:4]), run_of("queue", 1000, round=5, delivery={"lost": 1})]
    found = difference(result_of(*base), result_of(*rounds_of("queue", *ROUNDS, delivery={"lost": 999})), 0.1)
    assert found.breached
    assert "queue: no round is sound any more (4,995 × lost, 1 before)" in in_one_line(found)


def test_what_may_be_slower_for_all_that_is_known_is_not_passed_over():
    few = difference(result_of(*rounds_of("queue", 1000, 1010)), result_of(*rounds_of("queue", 50, 51)), 0.1)
    assert "Too few or too noisy rounds to tell: queue." in in_one_line(few)
    noisy_now = between(ROUNDS, (1400, 1000, 700, 1200, 850))
    assert "Not proven: queue (too noisy): measure both with -r " in in_one_line(noisy_now)
    assert "to tell: queue" not in in_one_line(between(ROUNDS, ROUNDS))


def test_that_one_of_them_was_interrupted_is_said():
    whole = result_of(*rounds_of("queue", *ROUNDS))
    part = result_of(*rounds_of("queue", *ROUNDS[:4]), rounds=5)
    assert "warning: now: 4 of 5 runs were measured" in in_one_line(difference(whole, part, 0.1))
    assert "runs were measured" not in in_one_line(difference(whole, whole, 0.1))


def test_a_transport_that_can_no_longer_be_measured_breaches_and_one_left_out_does_not():
    both = [*rounds_of("queue", *ROUNDS), *rounds_of("pipe", *ROUNDS)]
    alone = rounds_of("queue", *ROUNDS)
    gone = difference(result_of(*both), result_of(*alone, skipped=[Skipped("pipe", "no pipes today")]), 0.1)
    assert gone.breached
    assert "pipe: was measured before, but could not be measured now" in in_one_line(gone)
    fewer = difference(result_of(*both), result_of(*alone), 0.1)
    assert not fewer.breached
    assert "Only before: pipe." in in_one_line(fewer)
    assert "Only now: pipe." in in_one_line(difference(result_of(*alone), result_of(*both), 0.1))


def test_the_page_fits_80_columns_and_shows_markup_as_it_is():
    label = "celery+rabbitmq://a.long.host:5672/%2F?[red]"
    found = difference(result_of(*rounds_of(label, *ROUNDS)), result_of(*rounds_of(label, *ROUNDS)), 0.1)
    assert max(map(len, said(found).splitlines())) <= 80
    assert "[red]" in in_one_line(found)
