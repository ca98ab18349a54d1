"""What the record says of outcomes that come again, come in part, or look like others."""

import pytest
from sample_histories import Doubling, delivered, right

from crossover.analysis.verdict import verdict_of_history
from crossover.recording.history import History
from crossover.recording.payloads import Payloads
from crossover.recording.recorder import recorder


def started(tasks, batch=1):
    """Return a history of which everything has been submitted, and what records outcomes."""
    history, workload = History(tasks, batch), Doubling(tasks)
    history.attempted = tasks
    return history, recorder(workload, Payloads(workload, tasks), history)


def counts(history):
    verdict = verdict_of_history(history)
    return verdict.completed, verdict.failed, verdict.corrupted, verdict.duplicated


@pytest.mark.parametrize("alone", [True, False])
def test_the_right_value_of_one_task_is_the_wrong_one_of_another(alone):
    """Also where it is the very same object, which is not judged again for the same payload."""
    history, record = started(4)
    value = 4
    record([(2, value) if alone else delivered(2, [value])])
    record([(3, value) if alone else delivered(3, [value])])
    assert counts(history) == (2, 0, 1, 0)
    assert list(history.reasons) == ["wrong value: 4 for 3"]


def test_a_wrong_value_is_wrong_each_time():
    history, record = started(4)
    value = 99
    for task in range(4):
        record([(task, value)])
    assert counts(history) == (4, 0, 4, 0)


def test_what_is_right_has_the_same_fingerprint_whether_it_came_alone_or_not():
    (alone, record_alone), (others, record_others) = started(3), started(3)
    for task in range(3):
        record_alone([(task, 2 * task)])
        record_others([right(task)])
    assert list(alone.fingerprints) == list(others.fingerprints)
    assert len(set(alone.fingerprints)) == 3


def test_an_error_in_a_batch_that_came_in_part_before_is_an_error():
    history, record = started(4, batch=4)
    record([right(0, 2)])
    record([delivered(0, [0, 2, None, 6], {2: "ValueError: no"})])
    assert counts(history) == (3, 1, 0, 2)
    assert history.reasons == {"ValueError: no": 1}
    assert history.settled == 4


def test_an_error_that_comes_after_a_value_changes_nothing():
    history, record = started(2, batch=2)
    record([right(0, 2)])
    record([delivered(0, [None, 2], {0: "ValueError: no"})])
    assert counts(history) == (2, 0, 0, 2)
    assert not history.reasons


@pytest.mark.parametrize("alone", [True, False])
def test_a_task_is_settled_once_however_often_it_comes(alone):
    history, record = started(3)
    for times in range(1, 600):
        record([(0, 0) if alone else right(0)])
        assert history.settled == 1
        assert history.deliveries[0] == min(times, 255)
    assert counts(history) == (1, 0, 0, 1)


def test_what_never_was_submitted_settles_nothing():
    history, record = started(3)
    history.attempted = 2
    for found in ((2, 4), (-1, 0), right(2), delivered(1, [2, 4])):
        record([found])
    assert (history.settled, history.unexpected) == (0, 5)


@pytest.mark.parametrize("alone", [True, False])
def test_what_comes_after_a_later_task_is_reordered(alone):
    history, record = started(5)
    record([(task, 2 * task) if alone else right(task) for task in (0, 3, 1, 4, 2)])
    assert history.reordered == 2


def test_the_end_is_when_something_new_came():
    history, record = started(2)
    record([right(0)])
    ended = history.ended
    assert ended
    record([])
    record([right(0)])
    assert history.ended == ended
    record([right(1)])
    assert history.ended > ended
