"""What our transports of kombu have in common: messages that are never decompressed, and how an application uses them.

A compressed message is refused before kombu decompresses it: a few bytes could fill the memory.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import kombu
from kombu.exceptions import DecodeError

COMPRESSION = "compression"  # the header that kombu obeys


class PlainMessage:
    """A message that is never decompressed; to be inherited before one of kombu's."""

    def __init__(self, received: Any, channel: Any = None, **kwargs: Any) -> None:
        self.errors = _compression_errors(self.headers_of(received))
        super().__init__(received, channel=channel, **kwargs)  # type: ignore[call-arg]  # of kombu's message

    @staticmethod
    @abstractmethod
    def headers_of(received: Any) -> Any:
        """Return the headers of what was received, as they came."""


class Connection(kombu.Connection):  # type: ignore[misc]
    """kombu's connection, with a transport of ours.

    Attributes:
        ours: the transport's class.
    """

    ours: ClassVar[type[Any]]

    def get_transport_cls(self) -> type[Any]:
        """Return our transport, whatever the scheme of the URL."""
        return self.ours


def _compression_errors(headers: Any) -> list[Any] | None:
    """Return what makes kombu treat a message as one that cannot be decoded, or None where it is not compressed."""
    if not isinstance(headers, dict) or not headers.get(COMPRESSION):
        return None
    return [(DecodeError, DecodeError("it is compressed, and nothing of ours is"), None)]
