"""The verdict on every task, in each of its terms, on histories written by hand."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_histories import delivered, history_of, right
from sample_records import run_of

from crossover.analysis.verdict import count_differing, damage, verdict_of_history
from crossover.contract.tasks import ALL_UNKNOWN, Receipt, Submission
from crossover.recording.recorder import record_submission
from crossover.results.records import Delivered

TERMS = Delivered.__struct_fields__


def verdict(history):
    """All terms that are not 0."""
    judged = verdict_of_history(history)
    return {term: getattr(judged, term) for term in TERMS if getattr(judged, term)}


def test_what_all_came_back_is_completed():
    assert verdict(history_of(3, map(right, range(3)))) == {"attempted": 3, "accepted": 3, "completed": 3}


def test_what_was_never_submitted_is_not_attempted():
    assert verdict(history_of(5, [right(0)], attempted=2)) == {"attempted": 2, "accepted": 2, "completed": 1, "lost": 1}


def test_an_error_that_came_back_is_a_failure():
    history = history_of(2, [delivered(0, [None], {0: "ValueError: no"}), right(1)])
    assert verdict(history) == {"attempted": 2, "accepted": 2, "completed": 1, "failed": 1}
    assert history.reasons == {"ValueError: no": 1}


def test_an_error_in_a_batch_is_of_its_task_alone():
    history = history_of(3, [delivered(0, [0, None, 4], {1: "ValueError: no"})], batch=3)
    assert verdict(history) == {"attempted": 3, "accepted": 3, "completed": 2, "failed": 1}
    assert list(history.marks) == [0, 1, 0]


def test_what_was_accepted_and_never_came_back_is_lost():
    assert verdict(history_of(3, [right(1)])) == {"attempted": 3, "accepted": 3, "completed": 1, "lost": 2}


def test_what_came_back_more_than_once_is_duplicated_once():
    history = history_of(2, [right(0), right(0), right(0), right(1)])
    assert verdict(history) == {"attempted": 2, "accepted": 2, "completed": 2, "duplicated": 1}


def test_a_task_that_comes_back_very_often_is_still_counted():
    assert verdict(history_of(1, [right(0)] * 600)) == {"attempted": 1, "accepted": 1, "completed": 1, "duplicated": 1}


def test_a_batch_that_comes_back_in_part_again_is_duplicated_in_part():
    history = history_of(4, [right(0, 2), right(1, 2), right(3)])
    assert verdict(history) == {"attempted": 4, "accepted": 4, "completed": 4, "duplicated": 1}


@pytest.mark.parametrize("first", [-1, 3, 10**9])
def test_an_outcome_of_a_task_that_was_never_attempted_is_unexpected(first):
    history = history_of(4, [right(0), delivered(first, [7])], attempted=3)
    assert verdict(history) == {"attempted": 3, "accepted": 3, "completed": 1, "lost": 2, "unexpected": 1}


def test_what_is_collected_after_a_later_one_is_reordered():
    assert verdict(history_of(4, map(right, [0, 3, 1, 2]))) == {
        "attempted": 4,
        "accepted": 4,
        "completed": 4,
        "reordered": 2,
    }


@pytest.mark.parametrize("batch", [1, 3])
def test_a_value_that_the_workload_refuses_is_corrupted_and_completed(batch):
    values = [0, 99, 4]
    history = history_of(3, [delivered(first, values[first : first + batch]) for first in range(0, 3, batch)], batch)
    assert verdict(history) == {"attempted": 3, "accepted": 3, "completed": 3, "corrupted": 1}


def test_a_refused_task_has_failed_and_is_not_lost():
    history = history_of(3, [])
    record_submission(history, 0, 3, Submission(Receipt.ACCEPTED, {1: "cannot be pickled: x"}))
    assert verdict(history) == {"attempted": 3, "accepted": 2, "failed": 1, "lost": 2}
    assert history.reasons == {"cannot be pickled: x": 1}


def test_after_an_unknown_receipt_what_comes_back_is_recovered_and_nothing_is_lost():
    history = history_of(3, [])
    record_submission(history, 0, 3, ALL_UNKNOWN)
    assert verdict(history) == {"attempted": 3}
    history = history_of(3, [right(1)])
    record_submission(history, 0, 3, ALL_UNKNOWN)
    assert verdict(history) == {"attempted": 3, "completed": 1, "recovered": 1}


def test_tasks_under_way_when_the_user_ended_the_run_are_not_lost():
    assert verdict_of_history(history_of(3, [right(0)]), cut_off=True).lost == 0


def test_what_differs_from_a_reference_is_counted_where_both_have_a_value():
    reference = history_of(4, map(right, [0, 1, 2]))
    other = history_of(4, [right(0), delivered(1, [5]), right(3)])
    assert count_differing(other.fingerprints, reference.fingerprints) == 1


TASKS = 12
RECEIPTS = st.lists(st.sampled_from(["accepted", "refused", "unknown"]), min_size=TASKS, max_size=TASKS)
DELIVERIES = st.lists(
    st.builds(
        lambda first, values, wrong: delivered(
            first, [2 * (first + i) for i in range(values)], {i: "E: x" for i in wrong if i < values}
        ),
        st.integers(-2, TASKS + 2),
        st.integers(1, 4),
        st.sets(st.integers(0, 3)),
    ),
    max_size=30,
)


@given(RECEIPTS, DELIVERIES, st.integers(0, TASKS))
def test_every_attempted_task_is_accounted_for(receipts, deliveries, attempted):
    history = history_of(TASKS, deliveries, attempted=attempted)
    for task in range(attempted):
        if receipts[task] != "accepted":
            failed = {0: "R: x"} if receipts[task] == "refused" else {}
            record_submission(
                history,
                task,
                1,
                Submission(Receipt.UNKNOWN if receipts[task] == "unknown" else Receipt.ACCEPTED, failed),
            )
    judged = verdict_of_history(history)
    unknown = receipts[:attempted].count("unknown")
    assert judged.attempted == attempted
    assert judged.attempted == judged.completed + judged.failed + judged.lost + unknown - judged.recovered
    assert judged.accepted == receipts[:attempted].count("accepted")
    assert judged.duplicated <= judged.completed + judged.failed
    inside = [d for d in deliveries if d.first >= 0 and d.first + d.size <= attempted]
    came = set(itertools.chain.from_iterable(range(d.first, d.first + d.size) for d in inside))
    assert judged.unexpected == sum(d.size for d in deliveries) - sum(d.size for d in inside)
    assert judged.lost == sum(receipts[task] == "accepted" and task not in came for task in range(attempted))
    assert judged.corrupted == 0


@pytest.mark.parametrize("ending", ["finished", "time limit", "interrupted"])
def test_a_run_that_ended_well_or_was_ended_by_its_user_is_sound(ending):
    assert damage(run_of(ending=ending)) == ""


@pytest.mark.parametrize("ending", ["hung", "a process died", "the transport broke", "the counter was lost"])
def test_any_other_ending_is_damage_even_if_every_task_came_back(ending):
    assert damage(run_of(ending=ending)) == ending


@pytest.mark.parametrize("term", ["lost", "failed", "corrupted", "duplicated", "unexpected"])
def test_a_single_task_that_went_wrong_is_damage(term):
    assert damage(run_of(delivery={term: 1})) == f"1 {term}"


@pytest.mark.parametrize("term", ["recovered", "reordered"])
def test_what_came_after_all_or_in_another_order_is_none(term):
    assert damage(run_of(delivery={term: 1})) == ""


def test_all_that_went_wrong_is_named_and_the_ending_only_where_nothing_else_did():
    assert (
        damage(run_of(delivery={"lost": 1_200, "duplicated": 2}, ending="a process died")) == "1,200 lost, 2 duplicated"
    )
