"""The judge of ledgers, on literal histories: what each word means."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from crossover.analysis.safety.ledger_verdict import in_words, recovery_seconds, verdict_of_ledger
from crossover.contract.tasks import Receipt
from crossover.recording.history import CORRUPTED, FAILED
from crossover.recording.journals.ledger import Ledger
from crossover.results.records import Delivered

TASKS = 4


@dataclass
class Told:
    """A ledger, told event by event."""

    ledger: Ledger = field(default_factory=lambda: Ledger(TASKS))

    def submitted(self, task, receipt=Receipt.ACCEPTED):
        self.ledger.receipts[task] = receipt
        return self

    def begun(self, task):
        self.ledger.begun[task] += 1
        return self

    def done(self, task, at=1):
        self.begun(task)
        self.ledger.done[task] += 1
        self.ledger.first_done[task] = min(self.ledger.first_done[task] or at, at)
        return self

    def collected(self, task, marks=0):
        self.ledger.collected[task] += 1
        self.ledger.marks[task] |= marks
        return self

    def says(self, **counts):
        found = verdict_of_ledger(self.ledger)
        seen = {name: getattr(found, name) for name in found.__struct_fields__ if getattr(found, name)}
        assert seen == counts


@pytest.mark.long
def test_what_was_never_submitted_is_nothing():
    Told().says()


def test_a_task_that_was_accepted_and_done_once_is_completed():
    Told().submitted(0).done(0).collected(0).says(attempted=1, accepted=1, completed=1)


def test_a_task_that_was_accepted_and_never_done_is_lost_even_if_it_was_begun():
    Told().submitted(0).submitted(1).begun(1).says(attempted=2, accepted=2, lost=2)


def test_a_task_that_was_done_twice_is_duplicated_in_either_journal():
    Told().submitted(0).done(0).done(0).collected(0).says(
        attempted=1, accepted=1, completed=1, duplicated=1, begun_again=1
    )


@pytest.mark.long
def test_a_task_that_was_begun_twice_and_done_once_is_not_duplicated():
    Told().submitted(0).begun(0).done(0).collected(0).says(attempted=1, accepted=1, completed=1, begun_again=1)


def test_a_task_whose_outcome_never_came_back_is_not_lost_but_uncollected():
    Told().submitted(0).done(0).says(attempted=1, accepted=1, completed=1, uncollected=1)


def test_a_task_that_was_refused_has_failed_and_is_not_lost():
    Told().submitted(0, Receipt.REFUSED).says(attempted=1, failed=1)


def test_a_task_whose_error_came_back_has_failed_and_is_not_lost():
    Told().submitted(0).begun(0).collected(0, FAILED).says(attempted=1, accepted=1, failed=1)


def test_a_task_that_may_have_been_accepted_is_never_lost_and_recovered_when_it_was_done():
    Told().submitted(0, Receipt.UNKNOWN).submitted(1, Receipt.UNKNOWN).done(1).collected(1).says(
        attempted=2, completed=1, recovered=1
    )


def test_a_wrong_value_is_corrupted():
    Told().submitted(0).done(0).collected(0, CORRUPTED).says(attempted=1, accepted=1, completed=1, corrupted=1)


def test_recovery_ends_when_the_last_task_from_before_the_strike_was_done_first():
    told = Told().submitted(0).submitted(1).submitted(2).done(0, 3).done(1, 2_000_000_005).done(1, 9_000_000_000)
    assert recovery_seconds(told.done(2, 5_000_000_000).ledger, 2, 5) == 2.0


def test_a_task_that_was_never_submitted_hides_none_that_were():
    Told().submitted(1).done(1).collected(1).says(attempted=1, accepted=1, completed=1)


@pytest.mark.parametrize(
    ("counts", "hung", "error", "said"),
    [
        ({}, False, "", "no harm"),
        ({"lost": 3}, False, "", "3 lost"),
        ({"lost": 3, "duplicated": 1}, False, "", "3 lost, 1 duplicated"),
        ({"duplicated": 2}, True, "it broke", "2 duplicated, hung, error"),
        ({}, True, "", "hung"),
    ],
)
def test_what_came_out_of_a_cell_is_said_in_a_few_words(counts, hung, error, said):
    delivery = Delivered(**dict.fromkeys(Delivered.__struct_fields__, 0) | counts)
    assert in_words(SimpleNamespace(delivery=delivery, hung=hung, error=error)) == said


def test_there_is_no_recovery_where_something_was_never_done():
    assert recovery_seconds(Told().submitted(0).submitted(1).done(0, 3).ledger, 2, 1) is None


@pytest.mark.parametrize("receipt", [Receipt.REFUSED, Receipt.UNKNOWN])
def test_what_was_not_surely_accepted_need_not_be_recovered(receipt):
    assert recovery_seconds(Told().submitted(0).submitted(1, receipt).done(0, 3).ledger, 2, 3) == 0.0


events = some.lists(some.tuples(some.sampled_from(["begun", "done", "collected"]), some.integers(0, TASKS - 1)))
receipts = some.lists(some.sampled_from(list(Receipt)), min_size=TASKS, max_size=TASKS)


@given(receipts, events)
def test_whatever_happened_each_accepted_task_is_lost_done_or_failed(submitted, history):
    told = Told()
    for task, receipt in enumerate(submitted):
        told.submitted(task, receipt)
    for what, task in history:
        getattr(told, what)(task)
    found = verdict_of_ledger(told.ledger)
    assert found.attempted == TASKS
    assert found.accepted == submitted.count(Receipt.ACCEPTED)
    done = {task for what, task in history if what == "done"}
    assert found.lost == sum(1 for task in range(TASKS) if submitted[task] == Receipt.ACCEPTED and task not in done)
    assert found.duplicated == sum(1 for task in range(TASKS) if history.count(("done", task)) > 1)
    assert found.recovered == sum(1 for task in done if submitted[task] == Receipt.UNKNOWN)
    assert found.completed + found.failed + found.lost >= found.accepted
