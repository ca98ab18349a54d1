"""What producer and workers wrote down, read back: nothing is taken for more than it is."""

import os
from array import array

import pytest

from crossover.contract.tasks import Receipt
from crossover.recording.journals.journal import BEGUN, DONE, RECORD, Journal
from crossover.recording.journals.journal_reader import ledger_of
from crossover.recording.journals.ledger import NOT_ATTEMPTED
from crossover.recording.shared_history import SharedHistory

TASKS = 6


@pytest.fixture
def history():
    """A producer that submitted four of six tasks, two in a message."""
    made = SharedHistory(TASKS, 2)
    made.sent[0], made.sent[1] = 5, 6
    yield made
    made.file.close()


def write(folder, worker, *events):
    records = [RECORD.pack(task * 2 + event, at) for at, (task, event) in enumerate(events, 1)]
    (folder / f"{worker}.journal").write_bytes(b"".join(records))


def test_a_record_is_read_while_another_process_writes_it_and_can_be_kept(history, tmp_path):
    history.receipts[3] = 2
    history.deliveries[0:2] = b"\1\1"
    again = SharedHistory(TASKS, 2, os.dup(history.file.descriptor))
    assert bytes(again.receipts[:]) == b"\0\0\0\2\0\0"
    assert list(again.deliveries[:3]) == [1, 1, 0]
    assert again.look() == (4, 2 + (Receipt(2) is Receipt.REFUSED))
    again.deliveries[2] = 1
    assert again.look() == (4, 3 + (Receipt(2) is Receipt.REFUSED))
    again.deliveries[2] = 0
    again.file.save(tmp_path)
    again.file.close()
    assert (tmp_path / "receipts").read_bytes() == b"\0\0\0\2\0\0"
    assert again.in_memory().receipts == b"\0\0\0\2\0\0"


def test_what_was_not_submitted_is_told_from_what_was_accepted(history, tmp_path):
    assert list(ledger_of(history, tmp_path).receipts) == [Receipt.ACCEPTED] * 4 + [NOT_ATTEMPTED] * 2


def test_of_a_killed_producer_the_last_message_is_unknown(history, tmp_path):
    found = ledger_of(history, tmp_path, killed=True)
    assert list(found.receipts) == [Receipt.ACCEPTED] * 2 + [Receipt.UNKNOWN] * 2 + [NOT_ATTEMPTED] * 2


def test_journals_of_all_workers_are_counted(history, tmp_path):
    write(tmp_path, 11, (0, BEGUN), (0, DONE), (1, BEGUN))
    write(tmp_path, 12, (1, BEGUN), (1, DONE), (0, BEGUN), (0, DONE))
    found = ledger_of(history, tmp_path)
    assert (list(found.begun[:2]), list(found.done[:2])) == ([2, 2], [2, 1])
    assert list(found.first_done[:2]) == [2, 2]
    assert found.reordered == 1


def test_a_task_that_was_never_submitted_is_unexpected(history, tmp_path):
    write(tmp_path, 11, (4, BEGUN), (4, DONE), (900, BEGUN))
    assert ledger_of(history, tmp_path).unexpected == 2


def test_a_record_that_was_not_written_whole_is_left_out(history, tmp_path):
    write(tmp_path, 11, (0, BEGUN), (0, DONE))
    path = tmp_path / "11.journal"
    path.write_bytes(path.read_bytes()[:-3])
    assert list(ledger_of(history, tmp_path).done) == [0] * TASKS


def test_counts_stop_where_they_are_full(history, tmp_path):
    write(tmp_path, 11, *[(0, BEGUN), (0, DONE)] * 300)
    found = ledger_of(history, tmp_path)
    assert found.begun[0] == found.done[0] == 255


def test_a_worker_writes_begun_and_done_even_if_the_task_raises(tmp_path):
    def divide(by):
        return 1 // by

    noted = Journal(tmp_path).recording(divide, 7)
    assert noted(1) == 1
    with pytest.raises(ZeroDivisionError):
        noted(0)
    (path,) = tmp_path.glob("*.journal")
    numbers = array("Q", path.read_bytes())
    assert list(numbers[::2]) == [14, 15, 16, 17]
    assert list(numbers[1::2]) == sorted(numbers[1::2])


def test_what_the_producer_saw_is_in_it(history, tmp_path):
    history.deliveries[0:3] = b"\2\1\0"
    history.marks[1] = 1
    history.unexpected = 3
    found = ledger_of(history, tmp_path)
    assert (list(found.collected[:3]), list(found.marks[:3]), found.unexpected) == ([2, 1, 0], [0, 1, 0], 3)


def test_a_task_that_is_begun_again_at_once_is_not_reordered(history, tmp_path):
    write(tmp_path, 11, (2, BEGUN), (2, BEGUN), (3, BEGUN), (2, BEGUN))
    assert ledger_of(history, tmp_path).reordered == 1


def test_of_a_killed_producer_the_last_message_is_unknown_where_it_is_shorter(tmp_path):
    made = SharedHistory(5, 2)
    made.sent[0] = made.sent[1] = made.sent[2] = 5
    assert list(ledger_of(made, tmp_path, killed=True).receipts) == [Receipt.ACCEPTED] * 4 + [Receipt.UNKNOWN]
    made.file.close()
