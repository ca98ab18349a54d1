"""What follows from runs at a rate: medians over the rounds, and who can be told apart."""

import pytest
from sample_records import AT_MOST_ONCE_ACROSS, paced_rounds, paced_run, result_of, rounds_of

from crossover.analysis.conclusions import conclude
from crossover.analysis.latency.loads import load_points
from crossover.analysis.trust.warnings import run_warnings


def test_a_point_is_the_median_of_its_rounds():
    (point,) = load_points(paced_rounds("queue", 3, 1, 2, achieved=998.0, p999=9.0))
    assert (point.transport, point.rate, point.achieved, point.keeps_up) == ("queue", 1000, 998, True)
    assert (point.latency_ms.p50, point.latency_ms.p99, point.latency_ms.p999) == (0.2, 2, 9)
    assert point.send_delay_ms.p99 == 0.1
    assert (point.p99_low, point.p99_high) == (1, 3)


def test_one_round_without_enough_messages_and_nothing_is_said_of_the_thousandth_part():
    runs = [paced_run("queue", 1, p999=2.0), paced_run("queue", 1, round=2)]
    assert load_points(runs)[0].latency_ms.p999 is None


def test_at_a_typed_rate_those_that_promise_the_same_stand_together_the_lowest_p99_first():
    runs = paced_rounds("pool", *[1] * 5, achieved=500.0) + paced_rounds(
        "redis-list", *[2] * 5, guarantee=AT_MOST_ONCE_ACROSS
    )
    runs += (
        paced_rounds("pipe", 3, 4, 3, 4, 3) + paced_rounds("queue", 4, 3, 4, 3, 4) + paced_rounds("threads", *[9] * 5)
    )
    points = load_points(runs)
    assert [(point.transport, point.standing and str(point.standing)) for point in points] == [
        ("pipe", "fastest"),
        ("queue", "not distinguishable"),
        ("threads", "slower"),
        ("pool", None),  # its latency grows as long as it goes on
        ("redis-list", None),  # alone in its group
    ]
    assert points[3].verdict == "cannot keep up"


def test_with_few_rounds_no_difference_is_claimed():
    points = load_points(paced_rounds("pipe", 1, 1, 1) + paced_rounds("queue", 9, 9, 9))
    assert [point.standing for point in points] == [None, None]


def test_who_lost_something_is_not_the_best():
    runs = paced_rounds("pipe", *[1] * 5, delivery={"lost": 3}) + paced_rounds("queue", *[2] * 5)
    points = load_points(runs)
    assert [(point.transport, point.verdict) for point in points] == [("queue", ""), ("pipe", "damaged")]


def test_found_rates_stand_under_their_transport_the_lowest_first():
    runs = [
        paced_run(name, 1, rate=most * fraction, fraction=fraction)
        for fraction in (0.9, 0.5)
        for name, most in (("queue", 5000), ("pipe", 3000))
    ]
    assert [(point.transport, point.rate) for point in load_points(runs)] == [
        ("queue", 2500),
        ("queue", 4500),
        ("pipe", 1500),
        ("pipe", 2700),
    ]


def test_runs_at_a_rate_are_not_ranked_by_throughput():
    closed, paced = rounds_of("queue", *[5000] * 5), paced_rounds("queue", *[1] * 3, fraction=0.5)
    result = conclude(result_of(*closed, *paced))
    assert [(one.transport, one.throughput) for one in result.summary] == [("queue", 5000)]
    assert [point.fraction for point in result.loads] == [0.5]
    assert conclude(result_of(*paced)).summary == []


@pytest.mark.parametrize(("achieved", "said"), [(1000.0, False), (985.0, False), (970.0, True)])
def test_who_cannot_keep_up_is_told_so(achieved, said):
    assert (
        any("cannot keep up" in warning for warning in run_warnings(paced_run("queue", 1, achieved=achieved))) is said
    )


@pytest.mark.parametrize(("send_p99", "said"), [(0.9, False), (2.0, False), (6.0, True)])
def test_a_producer_that_was_late_is_told_so(send_p99, said):
    warnings = run_warnings(paced_run("queue", 10, send_p99=send_p99))
    assert any("the producer was late" in warning for warning in warnings) is said


def test_where_nothing_came_back_there_is_no_point():
    run = paced_run("queue", 1)
    run.latency_ms = run.send_delay_ms = run.achieved_rate = None
    assert load_points([run]) == []
    assert run_warnings(run) == []


@pytest.mark.parametrize(("pipe", "queue", "told"), [(4, 4, True), (3, 9, False), (9, 3, False)])
def test_a_difference_needs_four_rounds_of_both(pipe, queue, told):
    points = load_points(paced_rounds("pipe", *[1] * pipe) + paced_rounds("queue", *[9] * queue))
    assert [point.standing is not None for point in points][1] is told
