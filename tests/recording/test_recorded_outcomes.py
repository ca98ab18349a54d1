"""What the record says of outcomes: each value is judged for its own payload, each time for its own message."""

import threading
import time

import pytest
from sample_histories import Doubling, delivered, right

from crossover.contract.tasks import LateReceipt, Receipt, Submission
from crossover.recording.history import CORRUPTED, FAILED, History
from crossover.recording.payloads import Payloads
from crossover.recording.recorder import record_receipts, record_submission, recorder


class Listing(Doubling):
    """The right value of every task is a list of its payload."""

    def check(self, payload, value):
        return value == [payload]


def started(tasks, batch=1, different=None, workload=Doubling):
    """Return a history of which everything has been submitted, and what records outcomes."""
    history, made = History(tasks, batch), workload(different or tasks)
    history.attempted = tasks
    return history, recorder(made, Payloads(made, tasks, batch), history)


def marked(history, mark):
    return [task for task in range(history.tasks) if history.marks[task] & mark]


@pytest.mark.parametrize("different", [1, 2])
def test_a_value_is_judged_for_the_payload_of_its_task_however_often_that_repeats(different):
    history, record = started(8, different=different)
    right_ones, wrong = [0, 2][:different], 99
    for task in range(4):
        record([(task, right_ones[task % different])])
    for task in (4, 5, 6, 7):
        record([(task, wrong)])  # the very same object for the same payload
    assert marked(history, CORRUPTED) == [4, 5, 6, 7]
    assert len({*history.fingerprints[:4]}) == different
    assert all(history.fingerprints)


def test_the_right_value_of_one_payload_is_not_right_for_the_next_one():
    history, record = started(4, different=2)
    value = 0
    record([(0, value)])
    record([(1, value)])
    assert marked(history, CORRUPTED) == [1]


def test_an_object_that_has_changed_since_it_was_right_is_judged_again():
    history, record = started(2, different=1, workload=Listing)
    value = [0]
    record([(0, value)])
    value.append(1)
    record([(1, value)])
    assert marked(history, CORRUPTED) == [1]
    assert history.fingerprints[0] != history.fingerprints[1]


def test_all_that_comes_at_once_is_recorded_whatever_it_is():
    history, record = started(6)
    record([(0, 0), (0, 0), right(1), (9, 0), right(1), (2, 4), delivered(3, [None], {0: "no"}), (4, 8), (5, 10)])
    assert list(history.deliveries) == [2, 2, 1, 1, 1, 1]
    assert (history.settled, history.unexpected) == (6, 1)


def test_what_was_refused_late_and_comes_back_alone_is_settled_once():
    history, record = started(3)
    record_submission(history, 0, 3, Submission(Receipt.UNKNOWN, {}))
    record_receipts(history, [LateReceipt(0, 2, Receipt.REFUSED, "it is full")])
    record([(0, 0), (1, 2), (2, 4)])
    assert history.settled == 3
    assert list(history.deliveries) == [1, 1, 1]


def test_the_times_of_a_message_stand_at_its_place():
    history, record = started(10, 3)
    before = time.monotonic_ns()
    record([delivered(3, [6, 8, 10], started=30, finished=40)])
    record([(9, 18)])  # the last message is a task alone
    assert (list(history.started), list(history.finished)) == ([0, 30, 0, 0], [0, 40, 0, 0])
    assert [bool(at) for at in history.collected] == [False, True, False, True]
    assert before <= history.collected[1] <= history.collected[3] == history.ended


def test_in_a_batch_the_wrong_value_is_named_with_its_payload():
    history, record = started(6, 2)
    record([delivered(2, [4, 7])])
    assert marked(history, CORRUPTED) == [3]
    assert list(history.reasons) == ["wrong value: 7 for 3"]


def test_beside_an_error_in_a_batch_the_other_values_are_judged():
    history, record = started(8, 4)
    record([delivered(4, [8, None, 99, 14], {1: "ValueError: no"})])
    assert (marked(history, FAILED), marked(history, CORRUPTED)) == ([5], [6])
    assert [bool(found) for found in history.fingerprints] == [False] * 4 + [True, False, True, True]


@pytest.mark.parametrize("batch", [1, 2, 4])
def test_values_have_the_fingerprints_of_their_own_tasks(batch):
    history, record = started(8, batch)
    alone, record_alone = started(8)
    for first in reversed(range(0, 8, batch)):
        record([right(first, batch)])
    record_alone([(task, 2 * task) for task in range(8)])
    assert list(history.fingerprints) == list(alone.fingerprints)


@pytest.mark.parametrize("alone", [True, False])
def test_a_value_that_was_never_pickled_and_cannot_be_is_an_error_of_its_task(alone):
    """As a thread may return it."""
    history, record = started(8, 1 if alone else 4)
    values = [8, threading.Lock(), 99, 14]
    record([(4 + at, value) for at, value in enumerate(values)] if alone else [delivered(4, values)])
    assert (marked(history, FAILED), marked(history, CORRUPTED)) == ([5], [6])
    assert "cannot be pickled: TypeError: cannot pickle '_thread.lock' object" in history.reasons
    assert [bool(found) for found in history.fingerprints[4:]] == [True, False, True, True]


def test_errors_of_outcomes_that_nobody_asked_for_are_shown():
    history, record = started(2)
    record([delivered(7, [None], {0: "ValueError: whose?"})])
    assert (history.unexpected, history.settled) == (1, 0)
    assert history.reasons == {"ValueError: whose?": 1}


def test_of_a_batch_that_comes_again_in_part_only_the_rest_is_settled():
    history, record = started(4, 4)
    record([right(0, 1)])
    record([right(0, 4)])
    assert (list(history.deliveries), history.settled) == ([2, 1, 1, 1], 4)
    assert not marked(history, CORRUPTED)
