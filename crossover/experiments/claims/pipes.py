"""Claims about pipes."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

from crossover.experiments.claims.claim import Finding, claim, main, running
from crossover.results.claim_verdict import ClaimVerdict

DEADLINE = 20.0  # seconds for what takes milliseconds: it passes only where something hangs
SHORT = 0.2  # seconds for what is there already
NOTHING = "nothing"
LARGE = 200_000  # bytes: more than PIPE_BUF, up to which a write is in one piece, and more than a pipe holds
MESSAGES = 100  # of each writer
WRITERS = 2
HANGS = 8.0  # seconds for messages that take a tenth of that


def answer(end: Any) -> None:
    """Answer one message at the other end of a pipe."""
    if end.poll(DEADLINE):
        end.send(f"{end.recv()}, world")


def error_of(call: Callable[..., Any], *arguments: Any) -> str:
    """Return what a call raises because it cannot read or write."""
    try:
        call(*arguments)
    except (OSError, EOFError) as error:
        return f"{type(error).__name__}: {error}".removesuffix(": ")
    return NOTHING


def received(end: Any, within: float) -> Any:
    """Return what arrives at an end of a pipe."""
    return end.recv() if end.poll(within) else NOTHING


@claim("pipe-duplex")
def pipe_duplex() -> Finding:
    """Do both ends send and receive, and what is raised where a pipe has one direction?"""
    ours, theirs = multiprocessing.Pipe()
    with running(multiprocessing.Process(target=answer, args=(theirs,))):
        ours.send("hello")
        answered = received(ours, DEADLINE)
    receiver, sender = multiprocessing.Pipe(duplex=False)
    sender.send("one way")
    one_way = received(receiver, SHORT)
    wrong_send = error_of(receiver.send, "the wrong way")
    wrong_recv = error_of(received, sender, SHORT)
    facts = {"answered": answered, "one_way": one_way, "wrong_send": wrong_send, "wrong_recv": wrong_recv}
    if answered != "hello, world":
        return Finding(ClaimVerdict.FALSE, facts)
    right = one_way == "one way" and NOTHING not in (wrong_send, wrong_recv)
    return Finding(ClaimVerdict.TRUE if right else ClaimVerdict.BUT, facts)


def send_one(writer: Any) -> None:
    """Send one message, and end: the end closes this process's copy of the write end."""
    writer.send("the only message")


def stand_by(forever: Any) -> None:
    """Wait for a message that nobody sends, and do nothing with what else was inherited."""
    forever.poll(DEADLINE)


def end_seen(reader: Any) -> str:
    """Return what recv raises, or nothing if it would wait for more."""
    return error_of(reader.recv) if reader.poll(SHORT) else NOTHING


@claim("pipe-eof")
def pipe_eof() -> Finding:
    """Does recv raise EOFError while somebody has a copy of the write end, or only when all are closed?"""
    fork = multiprocessing.get_context("fork")  # a forked process inherits a copy of every end that is open
    reader, writer = multiprocessing.Pipe(duplex=False)
    forever, _never_used = multiprocessing.Pipe()
    with running(fork.Process(target=stand_by, args=(forever,))):
        sender = fork.Process(target=send_one, args=(writer,))
        with running(sender):
            sender.join(DEADLINE)
        message = received(reader, SHORT)
        before = [end_seen(reader)]  # the sender has ended; this process has a copy, and the one that stands by
        writer.close()
        before.append(end_seen(reader))  # now only the one that stands by, and does not even know it
    last = end_seen(reader)
    early = sum(seen != NOTHING for seen in before)
    facts = {"message": message, "looks": len(before), "early": early, "last": last}
    right = message != NOTHING and not early and last == EOFError.__name__
    return Finding(ClaimVerdict.TRUE if right else ClaimVerdict.FALSE, facts)


def send_many(writer: Any, lock: Any, barrier: Any, byte: bytes) -> None:
    """Send large messages, each of one byte's repetitions, at the same time as others do."""
    barrier.wait(DEADLINE)
    for _ in range(MESSAGES):
        with lock or nullcontext():
            writer.send_bytes(byte * LARGE)


def receive_many(reader: Any, result: Any, expected: int) -> None:
    """Tell how many messages came whole, before the first that did not."""
    for whole in range(expected):
        try:
            message = reader.recv_bytes(LARGE)
        except (OSError, EOFError):  # what it took for the length of a message was none
            message = b""
        if not message or message != message[:1] * LARGE:
            result.send(whole)
            return
    result.send(expected)


def whole_messages(writers: int, lock: Any) -> int:
    """Return how many messages are received whole if some processes send at one end of a pipe."""
    (reader, writer), (result, told) = multiprocessing.Pipe(duplex=False), multiprocessing.Pipe(duplex=False)
    barrier = multiprocessing.Barrier(writers)
    receiver = multiprocessing.Process(target=receive_many, args=(reader, told, writers * MESSAGES))
    senders = [
        multiprocessing.Process(target=send_many, args=(writer, lock, barrier, bytes([number])))
        for number in range(writers)
    ]
    with running(receiver, *senders):  # the receiver can be killed where it waits for the rest of a damaged message
        return result.recv() if result.poll(HANGS) else 0


@claim("pipe-unsafe")
def pipe_unsafe() -> Finding:
    """Do messages stay whole if several processes send them at one end of a pipe at the same time?"""
    facts = {
        "writers": WRITERS,
        "messages": WRITERS * MESSAGES,
        "each": MESSAGES,
        "bytes": LARGE,
        "alone": whole_messages(1, None),
        "together": whole_messages(WRITERS, None),
        "locked": whole_messages(WRITERS, multiprocessing.Lock()),
    }
    if facts["locked"] < WRITERS * MESSAGES or facts["alone"] < MESSAGES:
        return Finding(ClaimVerdict.COULD_NOT_TELL, facts, "one sender, or several with a lock, were damaged, too")
    return Finding(ClaimVerdict.TRUE if facts["together"] < WRITERS * MESSAGES else ClaimVerdict.FALSE, facts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
