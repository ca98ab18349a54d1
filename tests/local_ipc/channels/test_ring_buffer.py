"""A ring in shared memory: what is put in comes out, in order, whatever its size, and nothing waits for ever."""

import multiprocessing
import os
import pickle
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from waiting import PATIENCE

from crossover.contract.errors import BrokenError
from local_ipc.channels import ring_buffer
from local_ipc.channels.ring_buffer import LENGTH, POSITIONS, RingBuffer

SLOTS, SLOT_BYTES = 4, 8
SOON = 0.05  # seconds


@pytest.fixture
def ring():
    made = RingBuffer(multiprocessing.get_context("fork"), SLOTS, SLOT_BYTES)
    yield made
    made.close()


@pytest.fixture
def patience(monkeypatch):
    monkeypatch.setattr(ring_buffer, "PATIENCE", SOON)


def in_background(call, *arguments):
    """Call in a thread, and return what waits for its end and tells what it returned or raised."""
    found = []

    def run():
        try:
            found.append(call(*arguments))
        except BrokenError as error:
            found.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def end(seconds=20.0):
        thread.join(seconds)
        return found[0] if found else "it waits"

    return end


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 16, 31, 32])
def test_a_message_of_any_size_comes_out_as_it_was_put_in(ring, size):
    message = bytes(range(size))
    for _ in range(2 * SLOTS + 1):  # once round the ring, from each slot
        ring.put(message)
        assert ring.get() == message


def test_messages_come_out_in_order_and_as_many_as_there_are_slots_have_room(ring):
    for number in range(SLOTS):
        ring.put(bytes([number]))
    assert [ring.get() for _ in range(SLOTS)] == [bytes([number]) for number in range(SLOTS)]


def test_a_full_ring_is_waited_for_until_one_message_has_been_read(ring):
    for number in range(SLOTS):
        ring.put(bytes([number]))
    end = in_background(ring.put, b"more")
    assert end(SOON) == "it waits"
    ring.get()
    assert end() is None


def test_a_message_larger_than_the_ring_is_read_while_it_is_written(ring):
    message = bytes(range(SLOTS * SLOT_BYTES)) * 5 + b"rest"
    end = in_background(ring.put, message)
    assert ring.get() == message
    assert end() is None


def test_an_offer_takes_what_there_is_room_for_and_goes_on_later(ring):
    message = bytes(range(SLOTS * SLOT_BYTES + 11))
    ring.put(b"first")
    written = ring.offer(message)
    assert written == (SLOTS - 1) * SLOT_BYTES
    assert ring.offer(message, written) == written
    assert ring.get() == b"first"
    written = ring.offer(message, written)
    assert written == SLOTS * SLOT_BYTES
    end = in_background(ring.get)
    while written < len(message):
        written = ring.offer(message, written)
    assert end() == message


def test_of_an_empty_ring_nothing_comes_within_a_moment_and_other_readers_may_go_on(ring):
    assert ring.get_within(0.0, 1) == []
    assert ring.get_within(SOON, 1) == []
    ring.put(b"late")
    assert ring.get_within(20.0, 1) == [b"late"]


def test_while_another_reader_waits_a_timeout_is_kept(ring):
    end = in_background(ring.get)
    while ring._reading.acquire(block=False):
        ring._reading.release()
    assert ring.get_within(SOON, 1) == []
    ring.put(b"for the first")
    assert end() == b"for the first"


def test_a_message_that_comes_meanwhile_ends_the_wait(ring):
    end = in_background(ring.get_within, 20.0, 1)
    ring.put(b"it")
    assert end() == [b"it"]


@pytest.mark.usefixtures("patience")
def test_a_message_whose_rest_is_never_written_breaks_the_transport(ring):
    ring.offer(bytes(SLOTS * SLOT_BYTES + 1))
    with pytest.raises(BrokenError, match="a worker ended in the middle of a message"):
        ring.get()
    ring.offer(b"")  # nothing to offer takes no room
    ring.put(b"the lock is free")


@pytest.mark.usefixtures("patience")
def test_a_message_whose_rest_is_never_read_breaks_the_transport(ring):
    with pytest.raises(BrokenError, match="no process reads the rest of a message"):
        ring.put(bytes(SLOTS * SLOT_BYTES + 1))


def test_the_rest_of_a_message_is_waited_for_ten_seconds():
    assert ring_buffer.PATIENCE == 10.0  # fewer, and a busy machine would break a run


def test_a_reader_that_is_a_moment_slower_breaks_nothing(ring):
    message = bytes(SLOTS * SLOT_BYTES + 1)
    end = in_background(ring.put, message)
    assert end(SOON) == "it waits"
    assert ring.get() == message
    assert end() is None


def test_it_takes_as_much_memory_as_it_says(ring):
    assert RingBuffer.size(SLOTS, SLOT_BYTES) == POSITIONS + SLOTS * (LENGTH + SLOT_BYTES) == 80
    assert len(ring._bytes) >= 80


def test_when_it_is_closed_its_memory_is_free():
    ring = RingBuffer(multiprocessing.get_context("fork"), SLOTS, SLOT_BYTES)
    name = ring._memory.name
    assert name in os.listdir("/dev/shm")  # noqa: PTH208 - a Path costs more
    ring.close()
    assert name not in os.listdir("/dev/shm")  # noqa: PTH208 - likewise
    with pytest.raises(ValueError, match="released"):
        ring.put(b"too late")


def test_two_processes_share_it(ring):
    def answer():
        ring.put(ring.get() + b"!")

    process = multiprocessing.get_context("fork").Process(target=answer)
    process.start()
    ring.put(b"hello")
    process.join(PATIENCE)
    assert ring.get() == b"hello!"


def test_what_is_sent_to_another_process_are_its_locks_and_its_name_not_its_views(ring):
    assert not {"_bytes", "_words"} & ring.__getstate__().keys()
    with pytest.raises(RuntimeError, match="shared between processes through inheritance"):
        pickle.dumps(ring)


@settings(max_examples=30)
@given(st.lists(st.binary(max_size=5 * SLOT_BYTES), max_size=12))
def test_whatever_is_put_in_comes_out(messages):
    ring = RingBuffer(multiprocessing.get_context("fork"), SLOTS, SLOT_BYTES)
    try:
        end = in_background(lambda: [ring.put(message) for message in messages])
        assert [ring.get() for _ in messages] == messages
        end()
    finally:
        ring.close()
