"""How many calls a worker takes ahead, and that it keeps none."""

import gc
import math
import weakref
from types import SimpleNamespace

import pytest

from crossover.jobs.metrics.of_worker import Metrics
from crossover.jobs.remote.job_queue import Delivery
from crossover.jobs.remote.messages import UNSIGNED, encode_call
from crossover.jobs.service.calls.entrance import Entrance
from crossover.jobs.service.calls.taking import MOST, Appetite, Holding
from crossover.jobs.service.own import NoEvents


def calls(seconds, count=100, size=100):
    return [SimpleNamespace(seconds=seconds, delivery=SimpleNamespace(call=bytes(size)))] * count


@pytest.mark.parametrize(
    ("seconds", "capacity"), [(1e-5, MOST), (0.001, 100), (0.01, 10), (1.0, 4)], ids=["10 µs", "1 ms", "10 ms", "1 s"]
)
def test_two_processes_have_what_they_do_in_50_ms_and_two_calls_ahead_at_least(seconds, capacity):
    appetite = Appetite(2, 1)
    assert appetite.room(0) == 4  # nothing is known
    appetite.ended(calls(seconds))
    assert appetite.capacity == pytest.approx(capacity, abs=1)


def test_a_call_of_which_it_is_not_known_how_long_it_ran_changes_nothing():
    appetite = Appetite(2, 1)
    appetite.ended(calls(-1.0))
    assert appetite.room(0) == 4


def test_large_calls_are_few():
    appetite = Appetite(2, 1)
    appetite.ended(calls(1e-5, size=2**20))
    assert 4 <= appetite.capacity <= 20


def test_of_many_none_are_taken_until_half_of_them_have_ended():
    appetite = Appetite(2, 1)
    appetite.ended(calls(1e-5))
    assert appetite.room(MOST) == appetite.room(MOST // 2 + 1) == 0
    assert appetite.room(MOST // 2) == MOST // 2


def test_without_prefetch_none_are_ahead_however_short():
    appetite = Appetite(2, 0)
    appetite.ended(calls(1e-5))
    assert appetite.room(0) == 2


def test_after_a_stall_it_has_as_many_as_at_first():
    appetite = Appetite(2, 1)
    appetite.ended(calls(1e-5))
    appetite.stall()
    assert appetite.room(0) == 4


def test_a_call_that_is_done_is_freed_at_once():
    gc.disable()  # it takes longer to find a call than to do one
    try:
        holding = Holding(Appetite(2, 1), NoEvents(), Metrics(0, lambda: 0, lambda: True))
        ended = []
        replies = SimpleNamespace(begun=lambda _: None, ended=ended.append)
        message = encode_call("run-1", "run", math.sqrt, [4], {}, "nowhere")
        delivery = Delivery(message, "nowhere", "run-1", b"tag", redelivered=False)
        held = holding.accept(delivery, Entrance(UNSIGNED, "this worker"), replies, link=None)
        watch = weakref.ref(held)
        held.begin()
        held.succeed((0.1, b"outcome", ""))
        assert ended == [held]
        holding.release(ended)
        del held, ended[:]
        assert watch() is None
    finally:
        gc.enable()
