"""How a run of a shared counter is judged: what was lost, whether it could have been, how fair it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_shares import share_result, share_run, work

from crossover.analysis.shared_counters import broke_promise, fairness_of, judge_updates, overlap_of, went_wrong
from crossover.results.share import Finding


def test_lost_is_what_was_acknowledged_and_is_not_in_the_counter():
    run = judge_updates([work(600), work(400)], 750, shared=True)
    assert (run["updates"], run["final"], run["lost_updates"], run["unacknowledged"]) == (1000, 750, 250, 0)


def test_more_in_the_counter_than_was_acknowledged_is_told_apart_and_hides_no_loss():
    run = judge_updates([work(600), work(400, turns=None)], 1001, shared=True)
    assert (run["lost_updates"], run["unacknowledged"]) == (0, 1)


def test_an_unknown_final_count_makes_lost_updates_unknown():
    run = judge_updates([work(600), work(400)], None, shared=True)
    assert run["lost_updates"] is run["unacknowledged"] is run["final"] is None


def test_updates_per_second_count_from_the_first_beginning_to_the_last_end():
    run = judge_updates([work(600, 0.0, 1.0), work(400, 0.5, 2.0)], 1000, shared=True)
    assert run["seconds"] == 2.0
    assert run["updates_per_second"] == 500


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ((0, 1), (0, 1), 1.0),
        ((0, 1), (1, 2), 0.0),
        ((0, 1), (5, 6), 0.0),
        ((0, 3), (1, 4), 0.5),
        ((0, 10), (4, 5), 0.1),
    ],
)
def test_overlap_is_the_time_of_all_within_the_time_of_any(one, other, overlap):
    assert overlap_of([work(1, *one), work(1, *other)]) == pytest.approx(overlap)


@pytest.mark.parametrize(
    ("works", "shared", "overlapped"),
    [
        ([work(9), work(9)], True, True),
        ([work(9)], True, False),
        ([work(9, 0, 1), work(9, 0.6, 1.6)], True, False),
        ([work(9), work(9, turns=0)], True, False),
        ([work(9, turns=0), work(9, turns=0)], False, True),
        ([work(9, 0, 1, turns=0), work(9, 1, 2, turns=0)], False, False),
        ([work(9), work(9, turns=None)], True, True),
    ],
    ids=["together", "alone", "one-after-the-other", "never-met", "cannot-meet", "nor-at-one-time", "one-killed"],
)
def test_a_run_proves_something_where_all_were_at_work_together_and_saw_each_other(works, shared, overlapped):
    assert judge_updates(works, 18, shared=shared)["overlapped"] is overlapped


def test_nothing_depends_on_when_a_run_took_place():
    """The clock counts from when the machine was started."""
    works = [work(50, 1_000, 1_001), work(100, 1_000, 1_002)]
    run = judge_updates(works, 150, shared=True)
    assert (run["seconds"], run["updates_per_second"], run["overlap"]) == (2.0, 75.0, 0.5)
    assert run["overlapped"]  # half of the time is enough
    assert run["fairness"] == pytest.approx(1.0)
    assert fairness_of([work(50, 1_000, 1_001), work(50, 1_000, 1_002)]) == pytest.approx(0.9)


def test_workers_that_never_began_have_done_nothing():
    run = judge_updates([work(0, 5, 5), work(0, 5, 5)], 0, shared=True)
    assert (run["seconds"], run["updates_per_second"], run["overlap"], run["fairness"]) == (0.0, 0.0, 0.0, 1.0)


def test_turns_are_summed_over_the_workers_that_counted_them():
    assert judge_updates([work(1, turns=3), work(1, turns=None)], 2, shared=True)["turns"] == 3


def test_a_summary_is_of_all_rounds():
    rounds = [share_run("value", count, lost, round=n) for n, (count, lost) in enumerate([(1_000, 5), (3_000, 0)], 1)]
    rounds[1].latency_us = None
    rounds[1].lost_updates = None  # the counter was lost
    (summary,) = share_result(*rounds).summary
    assert (summary.updates, summary.lost_updates, summary.rounds, summary.overlapped) == (4_000, 5, 2, 2)
    assert (summary.p50_us, summary.p99_us) == (1.0, 3.0)
    rounds[0].latency_us = None
    assert share_result(*rounds).summary[0].p50_us is None


@pytest.mark.parametrize("good", [0, 1])
def test_one_round_that_went_wrong_is_enough(good):
    def finding(state, **wrong):
        rounds = [share_run(state, round=1), share_run(state, round=2)]
        rounds[good] = share_run(state, round=good + 1, **wrong)
        return share_result(*rounds).summary[0].verdict

    assert finding("value-lock", lost=1) is Finding.BROKEN_PROMISE
    assert finding("value-lock", ending="a process died: worker 1") is Finding.DAMAGED
    assert finding("value", lost=1) is Finding.LOST
    assert finding("value-lock", overlapped=False) is Finding.KEPT


def test_fairness_is_one_where_all_have_the_same_and_one_part_of_the_workers_where_one_has_everything():
    assert fairness_of([work(50), work(50), work(50)]) == pytest.approx(1.0)
    assert fairness_of([work(100), work(0), work(0), work(0)]) == pytest.approx(0.25)
    assert fairness_of([work(0), work(0)]) == 1.0


def test_who_needs_twice_the_time_for_the_same_has_had_half():
    assert fairness_of([work(50, 0, 1), work(50, 0, 2)]) == fairness_of([work(100), work(50)])


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_fairness_lies_between_one_part_and_one(counts):
    assert 1 / len(counts) - 1e-9 <= fairness_of([work(count) for count in counts]) <= 1 + 1e-9


def test_latencies_of_all_workers_are_in_microseconds():
    run = judge_updates([work(2, latencies=[1_000, 3_000]), work(1, latencies=[2_000])], 3, shared=True)
    assert (run["latency_us"].p50, run["latency_us"].max) == (2.0, 3.0)
    assert judge_updates([work(0, latencies=[]), work(0, latencies=[])], 0, shared=True)["latency_us"] is None


def test_retries_and_what_was_given_up_are_summed():
    run = judge_updates(
        [work(1, retries=2, reasons={"a": 1}), work(1, retries=3, reasons={"a": 2, "b": 1})], 2, shared=True
    )
    assert (run["retries"], run["errors"], run["reasons"]) == (5, 4, {"a": 3, "b": 1})


@pytest.mark.parametrize(
    ("run", "finding"),
    [
        (share_run("value", lost=5), Finding.LOST),
        (share_run("value", lost=5, overlapped=False), Finding.LOST),
        (share_run("value"), Finding.KEPT),
        (share_run("value-lock"), Finding.KEPT),
        (share_run("value-lock", lost=1), Finding.BROKEN_PROMISE),
        (share_run("value-lock", lost=1, overlapped=False), Finding.BROKEN_PROMISE),
        (share_run("value-lock", unacknowledged=1), Finding.BROKEN_PROMISE),
        (share_run("value-lock", unacknowledged=1, ending="a process died: worker 1"), Finding.DAMAGED),
        (share_run("value-lock", overlapped=False), Finding.NOTHING_PROVED),
        (share_run("value-lock", ending="time limit: 600 s"), Finding.KEPT),
        (share_run("process-global", lost=1000), Finding.NOTHING_SHARED),
        (share_run("process-global", lost=1000, overlapped=False), Finding.NOTHING_PROVED),
    ],
)
def test_what_the_rounds_say(run, finding):
    assert share_result(run).summary[0].verdict is finding


def test_to_lose_without_a_lock_is_expected_and_to_lose_with_one_is_not():
    assert not went_wrong(share_run("value", lost=999))
    assert broke_promise(share_run("value-lock", lost=1))
    assert went_wrong(share_run("value-lock", errors=1))
    assert went_wrong(share_run("value", ending="a process died: worker 1"))


def test_the_cost_of_a_lock_is_relative_to_the_same_state_without_it():
    with_lock = share_result(share_run("value", 1_000_000), share_run("value-lock", 250_000)).summary[1]
    assert (with_lock.without, with_lock.factor, with_lock.added_us) == ("value", 0.25, 3.0)


@pytest.mark.parametrize("other", ["redis-incr://b:1/0", "memcached-incr"])
def test_the_cost_of_a_lock_is_never_relative_to_another_server(other):
    plain, safe = share_run("redis-get-set"), share_run("redis-incr")
    plain.state, safe.state = "redis-get-set://a:1/0", other
    assert share_result(plain, safe).summary[1].factor is None


def test_options_do_not_hide_what_it_is_compared_with():
    found = share_result(share_run("redis-get-set"), share_run("redis-lock?sleep=0.01")).summary[1]
    assert found.without == "redis-get-set"
