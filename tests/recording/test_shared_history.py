"""The record that one process writes and another reads: what can be seen of it meanwhile, and after the writer died."""

import pytest

from crossover.contract.tasks import Receipt
from crossover.recording.history import History
from crossover.recording.shared_history import SharedHistory, count_attempted

ACCEPTED, REFUSED, UNKNOWN = Receipt.ACCEPTED, Receipt.REFUSED, Receipt.UNKNOWN
TASKS, BATCH = 10, 2


@pytest.fixture
def history():
    made = SharedHistory(TASKS, BATCH)
    yield made
    made.file.close()


def submit(history, messages):
    for message in range(messages):
        history.sent[message] = 100 + message


@pytest.mark.parametrize(("tasks", "batch", "messages", "attempted"), [(10, 2, 0, 0), (10, 2, 3, 6), (9, 2, 5, 9)])
def test_how_many_were_submitted_is_seen_from_their_times(tasks, batch, messages, attempted):
    history = History(tasks, batch)
    submit(history, messages)
    assert count_attempted(history) == attempted


def test_what_has_come_back_is_counted_each_time_it_is_looked_at(history):
    submit(history, 4)
    assert history.look() == (8, 0)
    for done, task in enumerate([0, 1, 3, 2, 7, 4], 1):
        history.deliveries[task] = 1
        assert history.look() == (8, done)
    history.receipts[5] = REFUSED
    history.receipts[6] = UNKNOWN
    assert history.look() == (8, 7)
    history.deliveries[6] = 1
    submit(history, 5)
    assert history.look() == (10, 8)


def test_nothing_that_has_come_back_is_read_again(history):
    """A run may have millions of tasks."""
    submit(history, 4)
    history.deliveries[0:6] = b"\1" * 6
    assert history.look() == (8, 6)
    history.deliveries[0:6] = bytes(6)  # which never happens: so it can be seen that they are not looked at
    assert history.look() == (8, 6)


def test_of_a_process_that_died_all_is_counted_that_can_be_seen(history):
    submit(history, 4)
    history.deliveries[0] = history.deliveries[1] = history.deliveries[5] = 1
    history.receipts[2] = history.receipts[5] = history.receipts[3] = REFUSED  # one of them came back all the same
    history.receipts[4] = UNKNOWN
    history.collected[0], history.collected[2] = 900, 700
    history.recount()
    assert (history.attempted, history.settled) == (8, 5)
    assert (history.began, history.ended) == (100, 900)


def test_of_a_process_that_died_at_once_there_is_nothing(history):
    history.recount()
    assert (history.attempted, history.settled, history.began, history.ended) == (0, 0, 0, 0)
    submit(history, 1)
    history.recount()
    assert (history.began, history.ended) == (100, 100)


def test_a_copy_has_all_of_it_and_outlives_the_file():
    history = SharedHistory(TASKS, BATCH)
    submit(history, 3)
    history.fail(1, "no")
    history.fingerprints[2], history.started[1], history.finished[1], history.submit[0] = 7, 8, 9, 0.5
    history.attempted, history.settled = 6, 5
    copy = history.in_memory()
    history.file.close()
    assert copy.counts() == history.counts()
    for name in ("receipts", "deliveries", "marks", "fingerprints", "sent", "started", "finished", "collected"):
        assert list(getattr(copy, name)) == list(getattr(history, name)[:]), name
    assert copy.submit[0] == 0.5
    copy.marks[1] = 0
    assert history.marks[1]
