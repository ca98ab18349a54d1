"""What we add to pika's SelectConnection: fewer packets, and a check that the server is alive."""

from __future__ import annotations

import logging
from typing import Any

from pika import SelectConnection
from pika.exceptions import AMQPError

SILENT_FOR = 2.0  # seconds without a byte from the server, after which it is pinged, and ...
GIVEN_UP_AFTER = 4.0  # ... seconds without an answer, after which it is given up

logging.getLogger("pika").addHandler(logging.NullHandler())  # it logs each lost connection; we raise it


class BufferedConnection(SelectConnection):  # type: ignore[misc]  # pika has no types for it
    """A connection that buffers what is sent until `flush`.

    pika sends three packets for each message; sent as one, twice as many messages pass.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        self._buffer: list[bytes] = []
        super().__init__(*args, **options)

    @property
    def unsent_bytes(self) -> int:
        """Bytes that the server has not yet taken."""
        buffered = sum(map(len, self._buffer)) if self._buffer else 0
        return buffered + (self._get_write_buffer_size() if self._transport is not None else 0)

    def flush(self) -> None:
        """Write everything to the socket."""
        if self._buffer:
            data = b"".join(self._buffer)
            self._buffer.clear()
            if self._transport is not None:
                super()._adapter_emit_data(data)

    def abort(self) -> None:
        """Disconnect without waiting for an answer."""
        self._terminate_stream(AMQPError("given up"))

    def _adapter_emit_data(self, data: bytes) -> None:
        self._buffer.append(data)


class LivenessCheck:
    """For how long a server has neither sent nor taken a byte.

    The kernel of a hanging server still acknowledges TCP packets, so the server must be pinged by an AMQP method.

    Args:
        patience: seconds that it has to answer.
    """

    def __init__(self, patience: float) -> None:
        self.silent_seconds = 0.0
        self._patience = patience
        self._received = self._unsent = 0
        self._heard_at: float | None = None
        self._pinged_at: float | None = None

    def update(self, now: float, received: int, unsent: int) -> bool:
        """Take note of the bytes received and not yet sent so far; return whether to ping the server now."""
        if self._heard_at is None or received != self._received or unsent < self._unsent:
            self._heard_at, self._pinged_at = now, None
        self._received, self._unsent = received, unsent
        self.silent_seconds = now - self._heard_at
        if self.silent_seconds < SILENT_FOR or self._pinged_at is not None:
            return False
        self._pinged_at = now
        return True

    def failed(self, now: float) -> bool:
        """Return whether the server was pinged and has not answered in time."""
        return self._pinged_at is not None and now - self._pinged_at > self._patience
