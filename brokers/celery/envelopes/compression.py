"""Compressed messages are refused before kombu decompresses them: a few bytes could fill the memory."""

from __future__ import annotations

from typing import Any

from kombu.exceptions import DecodeError

COMPRESSION = "compression"  # the header that kombu obeys


def compression_errors(headers: Any) -> list[Any] | None:
    """Return what makes kombu treat a message as one that cannot be decoded, or None where it is not compressed.

    Args:
        headers: of the message, as they came.
    """
    if not isinstance(headers, dict) or not headers.get(COMPRESSION):
        return None
    return [(DecodeError, DecodeError("it is compressed, and nothing of ours is"), None)]
