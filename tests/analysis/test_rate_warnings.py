"""What a result says about a rate that a transport does not keep up with, and about a producer that is late."""

import pytest
from sample_records import run_of

from crossover.analysis.warnings import keeps_up, run_warnings
from crossover.results.records import LoadShape, Percentiles

FALLS_BEHIND = "cannot keep up with the rate: the backlog and its latency grow as long as the run lasts"
LATE = "the producer was late: most of the latency at p99 is send delay"


def latency(p99):
    return Percentiles(p50=p99, p90=p99, p99=p99, p999=None, max=p99, mean=p99)


def at_rate(achieved=100.0, p99=10.0, send_delay=0.1, **changes):
    changes = {"latency_ms": latency(p99), "send_delay_ms": latency(send_delay)} | changes
    return run_warnings(run_of(load=LoadShape("open", rate=100.0), achieved_rate=achieved, **changes))


def test_a_run_that_keeps_its_rate_has_no_warnings():
    assert at_rate() == []


@pytest.mark.parametrize(("achieved", "warnings"), [(98.0, []), (97.9, [FALLS_BEHIND]), (None, [])])
def test_a_transport_keeps_up_if_98_percent_of_the_rate_come_back(achieved, warnings):
    assert at_rate(achieved) == warnings
    assert keeps_up(achieved, 100.0) is (None if achieved is None else not warnings)


@pytest.mark.parametrize(
    ("p99", "send_delay", "warnings"),
    [(10.0, 5.0, []), (10.0, 5.1, [LATE]), (1.5, 0.9, []), (1.5, 1.0, []), (1.5, 1.1, [LATE])],
)
def test_a_send_delay_of_half_the_latency_is_a_late_producer_but_not_below_a_millisecond(p99, send_delay, warnings):
    assert at_rate(p99=p99, send_delay=send_delay) == warnings


def test_a_late_producer_whose_transport_falls_behind_is_told_both():
    assert at_rate(50.0, 10.0, 9.0) == [FALLS_BEHIND, LATE]


@pytest.mark.parametrize("missing", [{"latency_ms": None}, {"send_delay_ms": None}])
def test_a_run_from_which_nothing_came_back_says_nothing_about_its_rate(missing):
    assert at_rate(1.0, 10.0, 9.0, **missing) == []


def test_a_run_in_closed_loop_has_no_rate_to_keep():
    delays = {"latency_ms": latency(10.0), "send_delay_ms": latency(9.0)}
    assert run_warnings(run_of(achieved_rate=1.0, **delays)) == []
