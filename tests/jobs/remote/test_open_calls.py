"""Calls that an executor takes back from Celery's queue can be cancelled meanwhile, and keep their order."""

import pytest

from crossover.jobs.remote.celery.open_calls import ROOM_EACH, OpenCalls
from crossover.jobs.remote.job_queue import Lost


@pytest.fixture
def calls():
    """One that was sent, and two for which there is no room."""
    made = OpenCalls(own=1)
    assert [made.add(number.encode(), number) for number in "abc"] == [True, False, False]
    return made


def test_while_calls_are_taken_back_one_of_them_can_be_cancelled(calls):
    with calls.held():
        calls.take_back("a")
        assert calls.cancel("a") is True
    assert calls.cancel("a") is False


def test_nothing_is_sent_meanwhile_and_what_was_sent_before_is_sent_first(calls, monkeypatch):
    with calls.held():
        calls.take_back("a")
        assert not calls.add(b"d", "d")
        assert calls.next() is None
    monkeypatch.setattr(calls, "_held_until", 0.0)
    monkeypatch.setattr(calls, "_room", ROOM_EACH)
    assert [calls.next().number for _ in "abcd"] == [*"abcd"]


def test_what_the_server_has_is_not_cancelled_here(calls):
    assert calls.cancel("a") is None
    assert calls.cancel_all() == ["a"]
    assert calls.cancel("b") is False


def test_what_is_lost_is_told_once(calls):
    assert calls.forget("a")
    calls.lose("a", "it is gone")
    assert calls.lost() == [Lost("a", "it is gone")]
    assert calls.lost() == []


@pytest.mark.parametrize("where", ["on the server", "taken back", "here"])
def test_an_outcome_that_comes_before_a_call_is_sent_again_counts(calls, where):
    number = "b" if where == "here" else "a"
    with calls.held():
        if where == "taken back":
            calls.take_back("a")
        calls.take({"task_id": f"me:{number}", "status": "SUCCESS", "result": b"outcome"})
    assert calls.arrived() == [b"outcome"]
    assert calls.cancel(number) is False
