"""Which payload each task carries."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_histories import Doubling

from crossover.recording.payloads import Payloads
from workloads import catalogue


@given(st.integers(1, 20), st.integers(0, 200), st.integers(1, 100))
def test_payloads_are_a_slice_of_the_endlessly_repeated_list(different, first, count):
    payloads = Payloads(Doubling(different), first + count)
    endless = list(range(different)) * (first + count)
    assert payloads.of(first, count) == endless[first : first + count]


def test_asking_changes_nothing():
    payloads = Payloads(Doubling(3), 100)
    payloads.of(1, 50).clear()
    assert payloads.different == [0, 1, 2]
    assert payloads.of(2, 3) == [2, 0, 1]


class Items(Doubling):
    """Gives out the same objects each time."""

    keeps_payloads = False

    def __init__(self, *items, checks=False):
        self._items = list(items)
        self.checks = checks

    def payloads(self, tasks):
        return self._items


@pytest.mark.parametrize("batch", [1, 4])
@pytest.mark.parametrize("shared_memory", [True, False])
def test_no_two_tasks_that_could_see_each_others_changes_get_the_same_object(batch, shared_memory):
    payloads = Payloads(Items([1], ([2],)), 8, batch, shared_memory=shared_memory)
    sent = [payload for first in range(0, 8, batch) for payload in payloads.to_send(first, batch)]
    assert sent == [[1], ([2],)] * 4
    in_one_process = sent if shared_memory else sent[:batch]
    assert len(set(map(id, in_one_process))) == len(in_one_process)


def test_a_check_gets_what_it_may_change():
    payloads = Payloads(Items([1], checks=True), 5)
    payloads.to_check(0, 1)[0].clear()
    assert payloads.to_check(1, 2) == [[1], [1]]
    assert payloads.different == [[1]]


@pytest.mark.parametrize("payload", [None, True, 7, 0.5, "text", b"bytes", (1, ("a", None))])
def test_what_cannot_be_changed_is_never_copied(payload):
    payloads = Payloads(Items(payload, checks=True), 4, 4, shared_memory=True)
    assert payloads.to_send == payloads.to_check == payloads.of


def test_what_a_built_in_workload_makes_is_never_copied():
    payloads = Payloads(catalogue.make("mixed"), 4, shared_memory=True)
    assert payloads.to_send == payloads.of


class Held:
    """Cannot be pickled, but copied."""

    def __init__(self):
        self.do = lambda: None


def test_what_cannot_be_pickled_is_copied_all_the_same_and_what_cannot_be_copied_is_used_as_it_is():
    held, lock = Held(), threading.Lock()
    payloads = Payloads(Items(held, lock), 2, shared_memory=True)
    (copied, same) = payloads.to_send(0, 2)
    assert type(copied) is Held
    assert copied is not held
    assert same is lock
