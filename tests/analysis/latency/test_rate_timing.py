"""Latency, send delay and achieved rate at a rate, on time stamps written by hand."""

import pytest

from crossover.analysis.latency.timing import achieved_rate, latency, send_delay
from crossover.recording.history import History

MS = 1_000_000
BEGAN = 5_000 * MS


def run_at(interval_ms, stamps_ms, batch=1):
    """Messages with (sent, collected) in milliseconds after the beginning; None: it did not come back."""
    history = History(len(stamps_ms) * batch, batch)
    history.attempted, history.began, history.interval = history.tasks, BEGAN, interval_ms * MS
    for message, (sent, collected) in enumerate(stamps_ms):
        history.sent[message] = BEGAN + int(sent * MS)
        if collected is not None:
            history.started[message] = history.finished[message] = history.sent[message] + 1
            history.collected[message] = BEGAN + int(collected * MS)
    return history


def test_latency_counts_from_when_a_task_should_have_been_sent():
    late = run_at(10, [(0, 1), (10, 11), (50, 51), (51, 52)])  # message 2 was due at 20 ms, and 3 at 30 ms
    assert latency(late).max == 31
    assert latency(late).p50 == 1
    assert send_delay(late).max == 30
    assert send_delay(late).p50 == 0


def test_in_closed_loop_there_is_no_send_delay_and_no_achieved_rate():
    history = run_at(0, [(m, m + 1) for m in range(100)])
    assert latency(history).max == 1
    assert (send_delay(history), achieved_rate(history)) == (None, None)


@pytest.mark.parametrize("batch", [1, 10])
def test_the_achieved_rate_is_of_tasks_that_came_back(batch):
    steady = [(m, m + 3) for m in range(100)]
    assert achieved_rate(run_at(1, steady, batch)) == pytest.approx(1_000 * batch)


def test_a_message_that_was_held_up_at_the_end_or_the_beginning_says_nothing_about_the_rate():
    stamps = [(m, m + 3) for m in range(100)]
    stamps[0], stamps[99] = (0, 60), (99, 400)
    assert achieved_rate(run_at(1, stamps)) == pytest.approx(1_000)


def test_where_each_task_waits_longer_than_the_one_before_the_rate_is_what_came_back():
    assert achieved_rate(run_at(1, [(m, 2 * m + 3) for m in range(100)])) == pytest.approx(500)


def test_what_is_lost_did_not_come_back():
    stamps = [(m, m + 3 if m % 2 else None) for m in range(1_000)]
    assert achieved_rate(run_at(1, stamps)) == pytest.approx(500, rel=0.01)


@pytest.mark.parametrize("stamps", [[], [(0, 1)], [(0, None), (1, None), (2, None)], [(0, 5), (1, 5)]])
def test_too_few_say_nothing_about_the_rate(stamps):
    assert achieved_rate(run_at(1, stamps)) is None


def test_two_messages_are_enough_for_a_rate():
    assert achieved_rate(run_at(10, [(0, 3), (10, 13)])) == pytest.approx(100)


def test_a_message_is_held_up_if_it_came_later_than_it_was_due_and_not_because_it_was_sent_late():
    """Of the first quarter the first message was least delayed, though the second came only 5 ms after it."""
    stamps = [(0, 1), (10, 16), *((10 * m, 10 * m + 1) for m in range(2, 8))]
    assert achieved_rate(run_at(10, stamps)) == pytest.approx(100)
