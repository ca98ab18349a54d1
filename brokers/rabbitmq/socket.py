"""What we add to pika's connection: fewer packets, and noticing that nobody answers."""

from __future__ import annotations

import logging
from typing import Any

from pika import SelectConnection
from pika.exceptions import AMQPError

SILENT_FOR = 2.0  # seconds without a byte, after which we ask whether it is still there, and ...
GIVEN_UP_AFTER = 4.0  # ... seconds without an answer to that

logging.getLogger("pika").addHandler(logging.NullHandler())  # it logs each lost connection; we raise it


class Gathering(SelectConnection):  # type: ignore[misc]  # pika has no types for it
    """A connection that sends at once what has come together since the last turn.

    pika sends three packets for each message; in one, twice as many messages pass.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        self._gathered: list[bytes] = []
        super().__init__(*args, **options)

    @property
    def unsent(self) -> int:
        """Bytes that the server has not yet taken."""
        gathered = sum(map(len, self._gathered)) if self._gathered else 0
        return gathered + (self._get_write_buffer_size() if self._transport is not None else 0)

    def send_gathered(self) -> None:
        """Give everything to the socket."""
        if self._gathered:
            data = b"".join(self._gathered)
            self._gathered.clear()
            if self._transport is not None:
                super()._adapter_emit_data(data)

    def end(self) -> None:
        """Disconnect without waiting for an answer."""
        self._terminate_stream(AMQPError("given up"))

    def _adapter_emit_data(self, data: bytes) -> None:
        self._gathered.append(data)


class Silence:
    """For how long a server has said nothing, and taken nothing.

    Its system answers for TCP while it hangs, so it must be asked by AMQP.

    Args:
        patience: seconds that it has to answer.
    """

    def __init__(self, patience: float) -> None:
        self.seconds = 0.0
        self._patience = patience
        self._received = self._unsent = 0
        self._heard: float | None = None
        self._asked: float | None = None

    def note(self, now: float, received: int, unsent: int) -> bool:
        """Take note of how many bytes have come, and how many have not gone; return whether to ask now."""
        if self._heard is None or received != self._received or unsent < self._unsent:
            self._heard, self._asked = now, None
        self._received, self._unsent = received, unsent
        self.seconds = now - self._heard
        if self.seconds < SILENT_FOR or self._asked is not None:
            return False
        self._asked = now
        return True

    def too_long(self, now: float) -> bool:
        """Say whether it has been asked and has not answered in time."""
        return self._asked is not None and now - self._asked > self._patience
