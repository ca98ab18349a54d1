"""A run with a time limit, and what is still done after it, on producers whose seconds pass at once."""

import pytest

from crossover.execution.supervision import DRAIN_WITHIN, longest_task, room_after
from crossover.results.records import End

LAST_WORDS = 1.0  # seconds in which a loop may report that was told to end; here it does not


def test_at_the_time_limit_nothing_more_is_submitted_and_what_is_outstanding_may_come_back(script):
    run = script().submits(0.0, *range(4)).completes(3.5, 0, 1, 2, 3).reports(3.6)
    ending, seconds = run.supervise(deadline=3.0)
    assert ending.end is End.TIME_UP
    assert ending.cut_off
    assert seconds == pytest.approx(3.6)
    assert not run.history.submitting


def test_what_has_not_come_back_five_seconds_after_the_limit_is_not_waited_for(script):
    run = script().submits(0.0, *range(4)).completes(6.0, 0)
    ending, seconds = run.supervise(deadline=3.0)
    assert ending.end is End.TIME_UP
    assert 3.0 + DRAIN_WITHIN < seconds - LAST_WORDS < 3.0 + DRAIN_WITHIN + 0.5


def test_a_run_that_ends_before_its_limit_is_finished_and_told_nothing(script):
    run = script().submits(0.0, 0).completes(0.1, 0).reports(2.9)
    told = []
    ending, _ = run.supervise(lambda _: told.append(run.history.submitting), deadline=3.0)
    assert (ending.end, ending.cut_off) == (End.FINISHED, False)
    assert all(told)


def orders_of(run):
    """Return whether it was submitting and collecting at each look."""
    orders = []
    return orders, lambda _: orders.append((run.history.submitting, run.history.collecting))


@pytest.mark.parametrize("limits", [{}, {"deadline": 1.0}])
def test_after_a_death_or_the_limit_nothing_is_submitted_and_outcomes_are_collected(script, limits):
    run = script().submits(0.0, *range(4)).completes(0.5, 0)
    if not limits:
        run.loses(1.0, "worker one")
    orders, tick = orders_of(run)
    run.completes(1.6, 1, 2, 3).reports(2.5).supervise(tick, **limits)
    assert orders[:5] == [(True, True)] * 5
    assert orders[7:] == [(False, True)] * len(orders[7:])
    assert orders[7:]


def test_no_task_takes_a_moment_where_none_has_come_back(script):
    assert longest_task(script().history) == 0


def test_a_long_task_without_time_stamps_is_not_overlooked(script):
    run = script()
    run.history.started[0], run.history.finished[0] = 1, 1_000_001
    run.history.sent[1], run.history.collected[1] = 5, 2_000_000_005
    run.history.sent[2] = 5  # it has not come back
    assert longest_task(run.history) == 2


@pytest.mark.parametrize(("longest", "room"), [(0.0, True), (14.9, True), (15.1, False)])
def test_a_task_as_long_as_the_longest_one_must_have_room_before_the_limit(script, longest, room):
    run = script()
    run.history.started[3], run.history.finished[3] = 1, int(longest * 1e9) + 1
    assert room_after(run.history, 110.0) is room
