"""When a figure is not to be trusted, and when it is."""

import msgspec
import pytest
from sample_records import AT_MOST_ONCE_ACROSS, rounds_of, run_of

from crossover.analysis.trust.warnings import keeps_up, round_warnings, run_warnings, transport_warnings
from crossover.results.records import Cost, LoadShape, Percentiles


def busy(seconds, others=0.0):
    return Cost({"producer": seconds}, cpu_seconds_per_1000_tasks=1.0, others_cpu_seconds=others, peak_rss_bytes={})


def test_a_sound_run_has_no_warnings():
    assert run_warnings(run_of()) == []
    assert round_warnings([1000, 1010, 990]) == []


def test_a_run_that_is_too_short_is_said():
    assert run_warnings(run_of(seconds=0.19)) == ["ran for less than 0.2 s: give it more tasks (-n)"]
    assert run_warnings(run_of(seconds=0.2)) == []


def test_a_producer_that_uses_a_whole_core_is_said():
    assert [warning.partition(":")[0] for warning in run_warnings(run_of(cost=busy(0.97)))] == ["producer-bound"]
    assert run_warnings(run_of(cost=busy(0.95))) == []


def test_whether_it_was_a_whole_core_depends_on_how_long_the_run_took():
    assert run_warnings(run_of(cost=busy(0.97), seconds=2.0)) == []
    assert [warning.partition(":")[0] for warning in run_warnings(run_of(cost=busy(1.94), seconds=2.0))] == [
        "producer-bound"
    ]
    assert run_warnings(run_of(cost=Cost({}, 1.0, 0.0, {}))) == []


@pytest.mark.parametrize("transport", ["serial", "threads"])
def test_where_the_producer_is_the_worker_it_may_use_its_core(transport):
    assert run_warnings(run_of(transport, cost=busy(1.0))) == []


def test_a_machine_that_is_busy_with_something_else_is_said():
    assert run_warnings(run_of(cost=busy(0.5, others=0.3))) == ["other processes were using the machine"]
    assert run_warnings(run_of(cost=busy(0.5, others=0.2))) == []


def test_others_are_held_against_the_time_that_the_run_took():
    assert run_warnings(run_of(cost=busy(0.5, others=0.9), seconds=5.0)) == []
    assert run_warnings(run_of(cost=busy(0.5, others=1.1), seconds=5.0)) == ["other processes were using the machine"]
    assert run_warnings(run_of(cost=busy(0.1, others=0.2), seconds=0.2)) == ["other processes were using the machine"]


@pytest.mark.parametrize("roles", [("producer",), ("producer", "workers"), ("producer", "broker")])
def test_a_machine_is_not_called_busy_with_something_else_where_workers_or_broker_are_not_ours(roles):
    cost = Cost(dict.fromkeys(roles, 0.1), 0.3, others_cpu_seconds=0.9, peak_rss_bytes={})
    assert run_warnings(run_of("celery+redis", cost=cost, guarantee=AT_MOST_ONCE_ACROSS)) == []
    cost.cpu_seconds |= {"workers": 0.1, "broker": 0.1}
    assert run_warnings(run_of("celery+redis", cost=cost, guarantee=AT_MOST_ONCE_ACROSS))


def test_rounds_that_spread_are_noisy():
    assert round_warnings([100, 140]) == ["noisy: the rounds spread by more than 10%"]
    assert round_warnings([100, 110]) == []


def test_a_first_round_that_is_far_from_the_others_is_said():
    assert "the first round is more than 25% away from the others" in round_warnings([60, 100, 100, 100])
    assert "the first round is more than 25% away from the others" in round_warnings([150, 100, 100])
    assert not any("first" in warning for warning in round_warnings([75, 100, 100, 100]))


def test_the_first_round_is_held_against_the_median_of_the_others_alone():
    assert not any("first" in warning for warning in round_warnings([74, 60, 90, 90, 60]))
    assert not any("first" in warning for warning in round_warnings([100, 130, 70]))
    assert any("first" in warning for warning in round_warnings([74, 60, 100, 100, 100]))


def test_one_round_or_none_at_all_is_not_noisy():
    assert round_warnings([100]) == []
    assert round_warnings([0, 0, 0]) == []


def test_each_warning_of_a_transport_is_said_once():
    assert transport_warnings(rounds_of("queue", 100, 100, warnings=["short"])) == ["short"]


@pytest.mark.parametrize(
    ("disturbed", "said"),
    [
        ({"throttled_seconds": 0.3}, "a CPU quota of its control group (container) held it back"),
        ({"stolen_seconds": 0.3}, "the hypervisor gave the cores to other virtual machines"),
        ({"too_hot": 1}, "cores were slowed down because they were too hot"),
    ],
)
def test_what_disturbed_a_run_is_named_where_the_kernel_tells(disturbed, said):
    warnings = run_warnings(run_of(cost=msgspec.structs.replace(busy(0.5), **disturbed)))
    assert [warning.startswith(said) for warning in warnings] == [True]
    assert not run_warnings(run_of(cost=msgspec.structs.replace(busy(0.5), throttled_seconds=0.2, stolen_seconds=0.2)))


def test_others_do_not_matter_while_more_cores_are_idle_than_the_run_used():
    idle = msgspec.structs.replace(busy(0.5, others=9.0), idle_seconds=3.0)
    assert run_warnings(run_of(cost=idle)) == []
    full = msgspec.structs.replace(idle, idle_seconds=1.5)  # its second, and what it used
    assert run_warnings(run_of(cost=full)) == ["other processes were using the machine"]


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
