"""Which calls a worker may take: a byte for each, in a socket of its own that either side can read.

Calls lie in a worker's pipe before it asks for them, so that it never waits for the next one. What makes a call its own
is a ticket, and the kernel gives each of them to one reader: a ticket that the executor reads back is one that the
worker does not have, and will not get, also when it is stopped or has died.

A ticket is the number of calls in the pipe that are passed over before its own: their tickets were read back.
"""

from __future__ import annotations

import socket
from collections import deque

from crossover.jobs.processes.channel import Channel, Message

MOST = 255  # a byte
MOST_AT_ONCE = 2**12  # bytes that are read at once: more than there ever are


class Tickets:
    """The executor's side of the tickets of one worker.

    Attributes:
        theirs: the worker's end, which both sides have.
        passed: calls in the pipe whose tickets were read back, and that the next ticket tells the worker to pass over.
    """

    def __init__(self) -> None:
        self._ours, self.theirs = socket.socketpair()
        self._ours.setblocking(True)  # whatever the default is: there is always room for a few bytes
        self.theirs.setblocking(True)
        self.passed = 0

    def give(self, count: int) -> None:
        """Let the worker take a number of calls more, which lie in its pipe or are on their way there."""
        self._ours.send(bytes([self.passed, *bytes(count - 1)]))
        self.passed = 0

    def take_back(self, but_first_of: int = 0) -> int:
        """Read back the tickets that the worker has not taken; return how many there were.

        Args:
            but_first_of: where all tickets of this number come back, the worker keeps the first.
        """
        try:
            found = self.theirs.recv(MOST_AT_ONCE, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return 0
        if but_first_of and len(found) == but_first_of:
            self._ours.send(found[:1])
            found = found[1:]
        self.passed += sum(found) + len(found)
        return len(found)

    def close(self) -> None:
        """Give the descriptors back."""
        self._ours.close()
        self.theirs.close()


class Inbox:
    """A worker's side: its calls, one after the other.

    Args:
        pipe: to the executor.
        tickets: `Tickets.theirs`.
    """

    def __init__(self, pipe: socket.socket, tickets: socket.socket) -> None:
        self._channel = Channel(pipe, waits=True)
        self._tickets = tickets
        self._tickets.setblocking(True)
        self._arrived: deque[Message] = deque()

    def take(self) -> Message:
        """Wait for a ticket; return its call.

        Raises:
            EOFError, OSError: the executor is gone.
        """
        ticket = self._tickets.recv(1)
        if not ticket:
            raise EOFError
        for _ in range(ticket[0]):
            self._next()
        return self._next()

    def send(self, message: Message) -> None:
        """Send a message to the executor.

        Raises:
            OSError: the executor is gone.
        """
        if not self._channel.send(message):
            self._channel.flush()

    def _next(self) -> Message:
        while not self._arrived:
            self._arrived.extend(self._channel.receive())
        return self._arrived.popleft()
