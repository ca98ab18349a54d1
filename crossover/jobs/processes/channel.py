"""An end of the pipe between an executor and a worker; at the executor's, nothing ever waits for the worker.

A worker that is stopped, or that is still starting, must not hold up the others. The messages are those of
`multiprocessing.connection.Connection`.
"""

from __future__ import annotations

import socket
import struct
from typing import TypeAlias

CHUNK = 2**16
LARGEST = 2**31 - 1  # length that fits into four bytes; a larger one has twelve
SHORT, LONG = struct.Struct("!i"), struct.Struct("!iQ")

Message: TypeAlias = bytes | bytearray | memoryview


def channel() -> tuple[Channel, socket.socket]:
    """Return our end of a new pipe, and the worker's."""
    ours, theirs = socket.socketpair()
    return Channel(ours), theirs


class Channel:
    """Writes and reads whole messages, as far as the other end lets it.

    Args:
        end: a stream socket.
        waits: whether it waits for the other end.
    """

    def __init__(self, end: socket.socket, *, waits: bool = False) -> None:
        end.setblocking(waits)
        self._socket = end
        self._unsent: list[memoryview] = []
        self._head: bytes = b""  # the beginning of a message
        self._body: bytearray | None = None  # a large one that arrives
        self._filled = 0

    def fileno(self) -> int:
        """Return its descriptor."""
        return self._socket.fileno()

    def send(self, *messages: Message) -> bool:
        """Send messages, or as much of them as there is room for; return whether nothing is left for `flush`.

        Raises:
            OSError: the other end is closed.
        """
        parts: list[Message] = []
        size = 0
        for message in messages:
            length = len(message)
            header = SHORT.pack(length) if length <= LARGEST else LONG.pack(-1, length)
            parts += (header, message)
            size += len(header) + length
        if self._unsent:
            self._unsent += [memoryview(part) for part in parts]
            return False
        try:
            sent = self._socket.sendmsg(parts)
        except BlockingIOError:
            sent = 0
        if sent < size:
            self._unsent = _after([memoryview(part) for part in parts], sent)
        return not self._unsent

    def flush(self) -> bool:
        """Send more of what is left; return whether nothing is left.

        Raises:
            OSError: the other end is closed.
        """
        try:
            while self._unsent:
                self._unsent = _after(self._unsent, self._socket.sendmsg(self._unsent[:2]))
        except BlockingIOError:
            return False
        return True

    def receive(self) -> list[Message]:
        """Return the messages that have arrived as a whole, after one look.

        Raises:
            BlockingIOError: nothing has arrived.
            EOFError: the other end is closed, and has read everything.
            ConnectionResetError: it was closed before it had read everything.
        """
        return self._rest() if self._body is not None else self._whole(self._socket.recv(CHUNK))

    def close(self) -> None:
        """Close it, and forget what was not sent."""
        self._unsent = []
        self._socket.close()

    def _rest(self) -> list[Message]:
        body = self._body or bytearray()
        count = self._socket.recv_into(memoryview(body)[self._filled :])
        if not count:
            raise EOFError
        self._filled += count
        if self._filled < len(body):
            return []
        self._body = None
        return [body]

    def _whole(self, data: bytes) -> list[Message]:
        if not data:
            raise EOFError
        if self._head:
            data = self._head + data
        messages: list[Message] = []
        start = 0
        while (found := _place(data, start)) is not None:
            begin, end = found
            if end > len(data):
                if end - begin > CHUNK:
                    self._body, self._filled = bytearray(end - begin), len(data) - begin
                    self._body[: self._filled] = data[begin:]
                    start = len(data)
                break
            messages.append(data[begin:end])
            start = end
        self._head = data[start:]
        return messages


def _place(data: bytes, start: int) -> tuple[int, int] | None:
    """Return where a message begins and ends; None: its length has not arrived."""
    if len(data) - start < SHORT.size:
        return None
    (size,) = SHORT.unpack_from(data, start)
    if size >= 0:
        return start + SHORT.size, start + SHORT.size + size
    if len(data) - start < LONG.size:
        return None
    _, size = LONG.unpack_from(data, start)
    return start + LONG.size, start + LONG.size + size


def _after(parts: list[memoryview], sent: int) -> list[memoryview]:
    """Return what follows a number of bytes."""
    while parts and sent >= len(parts[0]):
        sent -= len(parts[0])
        parts = parts[1:]
    return [parts[0][sent:], *parts[1:]] if parts else []
