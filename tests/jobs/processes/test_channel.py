"""An executor's end of a worker's pipe speaks to a Connection, however the bytes come."""

import os
import threading
from multiprocessing.connection import Connection

import pytest

from crossover.jobs.processes.channel import CHUNK, LONG, SHORT, Channel, channel

MESSAGES = [b"", b"x", b"y" * (CHUNK - 4), b"z" * CHUNK, b"", b"large" * CHUNK, b"end"]


@pytest.fixture
def pipe():
    ours, end = channel()
    theirs = Connection(end.detach())
    yield ours, theirs
    ours.close()
    theirs.close()


def received(ours: Channel, count):
    messages = []
    while len(messages) < count:
        try:
            messages += [bytes(message) for message in ours.receive()]
        except BlockingIOError:
            os.sched_yield()
    return messages


def test_messages_arrive_as_they_were_sent(pipe):
    ours, theirs = pipe
    sender = threading.Thread(target=lambda: [theirs.send_bytes(message) for message in MESSAGES])
    sender.start()
    assert received(ours, len(MESSAGES)) == MESSAGES
    sender.join()


@pytest.mark.parametrize("header", [SHORT.pack(5), LONG.pack(-1, 5)])
def test_a_message_may_come_byte_by_byte(pipe, header):
    ours, theirs = pipe
    messages = []
    for byte in header + b"bytes" + header + b"again":
        os.write(theirs.fileno(), bytes([byte]))
        messages += ours.receive()
    assert messages == [b"bytes", b"again"]


def test_what_there_is_no_room_for_is_sent_later_and_in_order(pipe):
    ours, theirs = pipe
    assert [ours.send(message) for message in (b"large" * CHUNK, b"after")] == [False, False]
    assert not ours.flush()
    sender = threading.Thread(target=lambda: [None for _ in iter(ours.flush, True)])
    sender.start()
    assert [theirs.recv_bytes(), theirs.recv_bytes()] == [b"large" * CHUNK, b"after"]
    sender.join()
    assert ours.send(b"small")
    assert theirs.recv_bytes() == b"small"


def test_an_end_that_has_read_all_is_told_from_one_that_has_not(pipe):
    ours, theirs = pipe
    with pytest.raises(BlockingIOError):
        ours.receive()
    ours.send(b"read")
    assert theirs.recv_bytes() == b"read"
    theirs.send_bytes(b"last")
    ours.send(b"not read")
    theirs.close()
    assert ours.receive() == [b"last"]
    with pytest.raises(ConnectionResetError):
        ours.receive()
    with pytest.raises(EOFError):
        ours.receive()
