"""What the record says of a submission: of exactly its tasks, accepted, refused or not known yet."""

import pytest

from crossover.contract.tasks import LateReceipt, Receipt, Submission
from crossover.recording.history import History
from crossover.recording.recorder import record_receipts, record_submission

ACCEPTED, REFUSED, UNKNOWN = Receipt.ACCEPTED, Receipt.REFUSED, Receipt.UNKNOWN
TASKS = 9


@pytest.fixture
def history():
    made = History(TASKS, 1)
    made.attempted = TASKS
    return made


def receipts(history):
    assert len(history.receipts) == TASKS
    return {task: Receipt(found) for task, found in enumerate(history.receipts) if found}


@pytest.mark.parametrize("count", [1, 2, 3])
def test_what_is_not_known_yet_is_pending_and_nothing_else_is(history, count):
    record_submission(history, 5, count, Submission(UNKNOWN, {}))
    record_submission(history, 0, 1, Submission(UNKNOWN, {}))
    assert receipts(history) == dict.fromkeys([0, *range(5, 5 + count)], UNKNOWN)
    assert (history.pending, history.settled) == (1 + count, 0)


@pytest.mark.parametrize("others", [ACCEPTED, UNKNOWN])
def test_what_was_refused_of_a_batch_has_failed_and_the_others_have_not(history, others):
    for first in (1, 5):
        record_submission(history, first, 3, Submission(others, {1: "no room", 2: "too large"}))
    refused = dict.fromkeys([2, 3, 6, 7], REFUSED)
    assert receipts(history) == refused | ({1: UNKNOWN, 5: UNKNOWN} if others is UNKNOWN else {})
    assert [task for task in range(TASKS) if history.marks[task]] == [2, 3, 6, 7]
    assert history.reasons == {"no room": 2, "too large": 2}
    assert (history.pending, history.settled) == (2 if others is UNKNOWN else 0, 4)


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("receipt", [ACCEPTED, REFUSED])
def test_a_late_receipt_is_one_of_exactly_its_tasks(history, size, receipt):
    record_submission(history, 0, TASKS, Submission(UNKNOWN, {}))
    record_receipts(history, [LateReceipt(0, 1, ACCEPTED), LateReceipt(4, size, receipt, "it is full")])
    later = range(4, 4 + size)
    expected = {task: UNKNOWN for task in range(1, TASKS) if task not in later}
    refused = size if receipt is REFUSED else 0
    assert receipts(history) == expected | (dict.fromkeys(later, REFUSED) if refused else {})
    assert (history.pending, history.settled) == (TASKS - 1 - size, refused)
    assert history.reasons == ({"it is full": size} if refused else {})
    assert history.refused_late == bool(refused)


def test_what_was_refused_late_and_had_come_back_is_not_settled_again(history):
    record_submission(history, 0, TASKS, Submission(UNKNOWN, {}))
    history.deliveries[5] = history.deliveries[8] = 1
    record_receipts(history, [LateReceipt(4, 3, REFUSED, "it is full")])
    assert history.settled == 2
