"""What is said about pipes: the verdicts here, and those where a library does the opposite."""

import json
import multiprocessing
import multiprocessing.connection
import os
import signal
from contextlib import nullcontext

import pytest

from crossover.experiments.claim_process import check
from crossover.experiments.claims import pipes
from crossover.experiments.claims.claim import all_claims
from crossover.report.wording.claims.messages import Messages
from crossover.results.claim_verdict import ClaimVerdict

make_pipe = multiprocessing.Pipe


@pytest.fixture(autouse=True)
def forked():
    """Processes are forked, so that they have what a test has planted."""
    before = multiprocessing.get_start_method(allow_none=True)
    multiprocessing.set_start_method("fork", force=True)
    yield
    multiprocessing.set_start_method(before, force=True)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("pipe-duplex", "came back as: hello, world"),
        ("pipe-eof", "recv noticed the end 0 of 2 times. When all copies were closed, it raised: EOFError"),
        ("pipe-unsafe", "With a Lock around send, 200 came whole; from one process alone, 100 of 100"),
    ],
)
def test_what_is_found(name, words):
    run = check(all_claims()[name], 90, {})
    assert (run.verdict, run.reason) == (ClaimVerdict.TRUE, "")
    assert words in Messages("en").seen(run)
    assert Messages("zh").seen(run) != Messages("en").seen(run)
    json.dumps(run.facts)


def test_an_end_refuses_the_wrong_direction():
    facts = pipes.pipe_duplex().facts
    assert facts["wrong_send"] == "OSError: connection is read-only"
    assert facts["wrong_recv"] == "OSError: connection is write-only"


def test_a_pipe_whose_ends_are_not_connected(monkeypatch):
    others = []

    def ends_of_two_pipes(duplex=True):  # noqa: FBT002 - as in the library
        first, second = make_pipe(duplex), make_pipe(duplex)
        others.extend([first[1], second[0]])  # they stay open, so that nothing ends either
        return (first[0], second[1]) if duplex else make_pipe(duplex)

    monkeypatch.setattr(multiprocessing, "Pipe", ends_of_two_pipes)
    monkeypatch.setattr(pipes, "DEADLINE", 0.2)
    found = pipes.pipe_duplex()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["answered"] == "nothing"


def test_a_pipe_that_always_carries_both_ways(monkeypatch):
    monkeypatch.setattr(multiprocessing, "Pipe", lambda **_: make_pipe())
    found = pipes.pipe_duplex()
    assert found.verdict is ClaimVerdict.BUT
    assert found.facts["wrong_send"] == found.facts["wrong_recv"] == "nothing"


def test_a_process_that_inherits_nothing_keeps_no_end_open(monkeypatch):
    spawn = multiprocessing.get_context("spawn")
    monkeypatch.setattr(multiprocessing, "get_context", lambda _: spawn)
    found = pipes.pipe_eof()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["early"] == 1  # the reader's own copy counts all the same


def test_a_pipe_that_never_ends(monkeypatch):
    copies = []

    def pipe_with_a_copy_more(duplex=True):  # noqa: FBT002 - as in the library
        reader, writer = make_pipe(duplex)
        copies.append(os.dup(writer.fileno()))
        return reader, writer

    monkeypatch.setattr(multiprocessing, "Pipe", pipe_with_a_copy_more)
    found = pipes.pipe_eof()
    for copy in copies:
        os.close(copy)
    assert found.verdict is ClaimVerdict.FALSE
    assert (found.facts["early"], found.facts["last"]) == (0, "nothing")


def test_a_pipe_that_several_can_send_at(monkeypatch):
    send, lock = multiprocessing.connection.Connection.send_bytes, multiprocessing.Lock()

    def send_whole(self, message):
        with lock:
            send(self, message)

    monkeypatch.setattr(multiprocessing.connection.Connection, "send_bytes", send_whole)
    found = pipes.pipe_unsafe()
    assert found.verdict is ClaimVerdict.FALSE
    assert found.facts["together"] == 200


def test_a_lock_that_does_not_lock(monkeypatch):
    monkeypatch.setattr(multiprocessing, "Lock", nullcontext)
    found = pipes.pipe_unsafe()
    assert found.verdict is ClaimVerdict.COULD_NOT_TELL
    assert found.facts["locked"] < 200
    assert found.reason


def test_a_receiver_that_waits_for_ever_is_ended(monkeypatch):
    monkeypatch.setattr(pipes, "HANGS", 0.2)
    monkeypatch.setattr(pipes, "receive_many", lambda *_: signal.pause())
    assert pipes.whole_messages(1, None) == 0


@pytest.mark.parametrize("damaged", [b"\x7f\xff\xff\xff", b"\x00\x00\x00\x04aaab", b"\x00\x00\x00\x03aaa", b""])
def test_the_receiver_counts_up_to_the_first_message_that_is_damaged(monkeypatch, damaged):
    monkeypatch.setattr(pipes, "LARGE", 4)
    (reader, writer), (result, told) = make_pipe(duplex=False), make_pipe(duplex=False)
    for _ in range(2):
        writer.send_bytes(b"aaaa")
    os.write(writer.fileno(), damaged)
    writer.close()
    pipes.receive_many(reader, told, 5)
    assert result.recv() == 2
