"""Both kinds of queues carry what is put; a simple one never blocks its producer, and no wait on it is too long."""

import multiprocessing
import pickle
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from waiting import eventually

from crossover.contract.errors import UsageError
from crossover.contract.registry import parse
from local_ipc import queues
from local_ipc.queues import FITS, BufferedQueues, SimpleQueues

CONTEXT = multiprocessing.get_context("fork")
PLAIN = st.none() | st.booleans() | st.integers() | st.integers(2**60, 2**900) | st.floats() | st.text() | st.binary()
ALONE = st.tuples(st.integers(0, 2**40), PLAIN)
BATCH = st.lists(PLAIN, min_size=1, max_size=9).map(lambda payloads: (0, len(payloads), payloads))
LARGE = bytes(1_000)


@pytest.fixture(params=[BufferedQueues, SimpleQueues])
def both(request):
    made = request.param(CONTEXT)
    yield made
    made.close()


@pytest.fixture
def simple():
    made = SimpleQueues(CONTEXT)
    yield made
    made.close()


def answered(channel, count):
    """Take messages as a worker does, and give each back as an outcome."""
    taken = [channel.tasks.get() for _ in range(count)]
    for message in taken:
        channel.outcomes.put(message)
    return taken


def test_what_is_put_comes_back_in_order(both):
    for task in range(5):
        both.put((task, "payload"))
    answered(both, 5)
    found = []
    assert eventually(lambda: found.extend(both.get(8, 0.1)) or len(found) == 5)
    assert found == [(task, "payload") for task in range(5)]


def test_of_those_that_are_there_a_buffered_one_returns_as_many_as_are_wanted_at_once():
    made = BufferedQueues(CONTEXT)
    for task in range(5):
        made.outcomes.put((task, None))
    assert eventually(lambda: made.outcomes.qsize() == 5)
    assert made.get(3, 0.0) == [(0, None), (1, None), (2, None)]
    assert made.get(8, 20.0) == [(3, None), (4, None)]
    made.close()


@pytest.mark.parametrize("timeout", [0.0, 0.01, 0.1, 0.2])
def test_of_an_empty_one_nothing_comes_when_the_time_is_over(both, timeout):
    for _ in range(2):
        began = time.monotonic()
        assert both.get(8, timeout) == []
        assert time.monotonic() - began < 20
    both.put((1, None))
    answered(both, 1)
    assert both.get(8, 20.0) == [(1, None)]


def test_a_wait_is_not_ended_before_its_time(simple):
    began = time.monotonic()
    assert simple.get(1, 0.3) == []
    assert time.monotonic() - began >= 0.3
    simple.outcomes.put((1, None))
    assert simple.get(1, 20.0) == [(1, None)]
    assert simple._until == float("inf")
    assert simple.outcomes.empty()  # nothing ends a wait that has ended


def test_a_producer_puts_ahead_only_what_the_pipe_takes_and_the_rest_when_something_comes_back(simple):
    for task in range(100):  # more than a pipe takes: it does not block
        simple.put((task, LARGE))
    ahead = len(simple._ahead)
    assert 10 <= ahead <= FITS // len(LARGE)
    came, taken = [], []
    while len(came) < 100:
        if not simple.tasks.empty():
            taken += answered(simple, 1)
        came += simple.get(1, 0.0)
        assert simple._bytes == sum(simple._ahead) <= FITS
        assert len(simple._ahead) == min(ahead, 100 - len(came))
    assert came == taken == [(task, LARGE) for task in range(100)]
    assert simple._bytes == 0


def test_a_message_that_is_larger_than_that_is_put_alone(simple):
    simple.put((0, bytes(2 * FITS)))
    simple.put((1, None))
    assert len(simple._ahead) == 1
    answered(simple, 1)
    assert len(simple.get(1, 20.0)) == 1
    assert answered(simple, 1) == [(1, None)]


def test_where_a_worker_brings_more_than_it_took_nothing_breaks(simple):
    for task in range(3):
        simple.outcomes.put((task, None))
    assert [simple.get(1, 20.0) for _ in range(3)] == [[(task, None)] for task in range(3)]
    assert simple._bytes == 0


@given(
    st.tuples(st.integers(0, 2**40), PLAIN) | st.lists(PLAIN, min_size=1, max_size=9).map(lambda of: (0, len(of), of))
)
def test_no_message_is_taken_for_smaller_than_it_is(message):
    assert queues._size(message) >= len(pickle.dumps(message, 5))
    packed = pickle.dumps(message, 5)
    assert queues._size(packed) >= len(pickle.dumps(packed, 5))


def test_nor_for_much_larger():
    assert queues._size((1, None)) <= 200
    assert queues._size((1, 7)) <= 200
    assert queues._size((1, LARGE)) <= len(LARGE) + 200
    assert queues._size((0, 1, [LARGE])) <= len(LARGE) + 200
    assert queues._size((1, "a" * 1_000)) <= 4_200
    assert queues._size(bytes(1_000)) <= 1_100
    assert queues._size((1, 2**80_000)) <= 10_300


def test_when_it_is_closed_its_ends_are_closed_and_its_thread_ends(simple):
    simple.get(1, 0.06)
    watcher = simple._watcher
    assert watcher.daemon
    simple.close()
    assert eventually(lambda: not watcher.is_alive())
    with pytest.raises(OSError, match="handle is closed"):
        simple.tasks.put((1, None))
    with pytest.raises(OSError, match="handle is closed"):
        simple.outcomes.get()


@pytest.mark.parametrize(("url", "kind"), [("queue", "buffered"), ("queue?kind=simple", "simple")])
def test_a_queue_is_buffered_unless_it_is_to_be_simple(url, kind):
    assert parse(url).options.kind == kind


def test_another_kind_is_refused_with_those_that_there_are():
    with pytest.raises(UsageError, match="buffered, simple"):
        parse("queue?kind=other")
