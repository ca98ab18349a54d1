"""Receipts that come later than the call: what they say counts, in whichever order they and the outcomes come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_histories import Doubling, right

from crossover.analysis.verdict import verdict_of_history
from crossover.contract.tasks import ALL_UNKNOWN, LateReceipt, Receipt
from crossover.recording.history import History
from crossover.recording.payloads import Payloads
from crossover.recording.recorder import record_receipts, record_submission, recorder

TASKS = 6


def pending(tasks=TASKS):
    """A history of which everything has been submitted and nothing has been said; and what records outcomes."""
    history, workload = History(tasks, 1), Doubling(tasks)
    history.attempted = tasks
    record_submission(history, 0, tasks, ALL_UNKNOWN)
    return history, recorder(workload, Payloads(workload, tasks), history)


def test_what_nothing_was_heard_of_is_neither_accepted_nor_lost():
    history, _ = pending()
    verdict = verdict_of_history(history)
    assert (verdict.accepted, verdict.lost, history.pending) == (0, 0, TASKS)


def test_what_was_accepted_later_and_never_came_back_is_lost():
    history, _ = pending()
    record_receipts(history, [LateReceipt(0, 4, Receipt.ACCEPTED)])
    assert (verdict_of_history(history).accepted, verdict_of_history(history).lost, history.pending) == (4, 4, 2)


def test_what_comes_back_without_a_receipt_is_recovered():
    history, record = pending()
    record([right(0)])
    assert verdict_of_history(history).recovered == 1


def test_what_was_refused_later_has_failed_with_the_reason():
    history, _ = pending()
    record_receipts(history, [LateReceipt(2, 1, Receipt.REFUSED, "it is full")])
    assert (verdict_of_history(history).failed, verdict_of_history(history).lost, history.settled) == (1, 0, 1)
    assert history.reasons == {"it is full": 1}


@pytest.mark.parametrize("order", ["outcome first", "receipt first"])
def test_a_task_that_was_refused_and_came_back_all_the_same_is_settled_once(order):
    history, record = pending(1)
    steps = [lambda: record([right(0)]), lambda: record_receipts(history, [LateReceipt(0, 1, Receipt.REFUSED, "no")])]
    for step in steps if order == "outcome first" else reversed(steps):
        step()
    assert history.settled == history.attempted == 1


@given(st.permutations(range(2 * TASKS)), st.sets(st.integers(0, TASKS - 1)))
def test_in_whichever_order_everything_is_settled_once(order, refusals):
    history, record = pending()
    for step in order:
        task = step % TASKS
        if step < TASKS:
            record_receipts(history, [refused(task) if task in refusals else LateReceipt(task, 1, Receipt.ACCEPTED)])
        else:
            record([right(task)])
    assert (history.settled, history.pending) == (TASKS, 0)


def refused(task):
    return LateReceipt(task, 1, Receipt.REFUSED, "no")
