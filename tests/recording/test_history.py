"""The record of a run: what it counts, what it tells the loop, and that it stays small."""

import pytest

from crossover.recording.history import CORRUPTED, FAILED, History

LONG = "a text that is much longer than what fits into a line of the report" * 2


class Mute:
    """Ends whoever wants to see it."""

    def __repr__(self):
        raise RuntimeError

    __class__ = property(__repr__)


def test_the_loop_submits_and_collects_until_it_is_told_to_stop():
    history = History(4, 1)
    assert (history.submitting, history.collecting) == (True, True)
    history.stop_submitting()
    assert (history.submitting, history.collecting) == (False, True)
    other = History(4, 1)
    other.stop_collecting()
    assert (other.submitting, other.collecting) == (False, False)


@pytest.mark.parametrize(("tasks", "batch", "messages"), [(1, 1, 1), (100, 1, 100), (100, 3, 34), (99, 3, 33)])
def test_there_is_a_place_for_each_task_and_message_and_for_one_submission_of_16(tasks, batch, messages):
    history = History(tasks, batch)
    per_task = (history.receipts, history.deliveries, history.marks, history.fingerprints)
    assert {len(part) for part in per_task} == {tasks}
    assert {len(part) for part in (history.sent, history.started, history.finished, history.collected)} == {messages}
    assert len(history.submit) == (messages + 15) // 16
    assert not any([*history.fingerprints, *history.sent])


def test_at_the_start_nothing_has_happened():
    counts = History(4, 1).counts()
    assert counts._replace(reasons={}) == counts
    assert not any(counts)


def test_its_duration_is_that_from_the_first_submission_to_the_last_outcome():
    history = History(4, 1)
    history.began, history.ended = 1_000_000_000, 3_500_000_000
    assert history.seconds == 2.5


def test_what_was_counted_in_one_process_is_taken_over_in_another():
    one, other = History(4, 1), History(4, 1)
    one.attempted, one.settled, one.began, one.ended, one.unexpected, one.reordered = 4, 3, 10, 20, 2, 1
    one.pending, one.refused_late, one.interval = 1, True, 0.5
    one.fail(2, "no")
    other.take_counts(one.counts())
    assert other.counts() == one.counts()
    for task in (0, 3):
        other.fail(task, f"reason {task}")
        other.fail(task, "no")
    assert other.reasons == {"no": 3, "reason 0": 1, "reason 3": 1}
    assert one.reasons == {"no": 1}


def test_twenty_different_reasons_are_kept_and_counted():
    history = History(100, 1)
    for task in range(60):
        history.fail(task, f"reason {task % 30}")
    assert history.reasons == {f"reason {number}": 2 for number in range(20)}
    history.note(["reason 1", "another"])
    history.corrupt(60, 1, 2)
    assert history.reasons == {f"reason {number}": 3 if number == 1 else 2 for number in range(20)}
    history.fail(61, "a further one")
    assert len(history.reasons) == 20
    assert [bool(mark) for mark in history.marks] == [True] * 62 + [False] * 38
    history.fail(60, "reason 1")
    assert history.marks[60] == FAILED | CORRUPTED


def test_a_wrong_value_is_named_with_its_payload_in_one_short_line():
    history = History(1, 1)
    history.corrupt(0, "a", [1])
    history.corrupt(0, {LONG: [LONG]}, [LONG] * 9)
    first, second = history.reasons
    assert first == "wrong value: [1] for 'a'"
    assert "\n" not in second
    value, payload = second.removeprefix("wrong value: ").split(" for {")
    assert (len(value), len("{" + payload)) == (60, 60)


def test_a_value_that_cannot_be_shown_is_named_by_its_class():
    history = History(1, 1)
    history.corrupt(0, 7, Mute())
    assert len(history.reasons) == 1
    assert "Mute" in next(iter(history.reasons))
