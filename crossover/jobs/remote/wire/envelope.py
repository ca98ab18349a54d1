"""What all messages have in common.

The first three items - format, number, reply_to - are the same in every format: so a worker can answer a call that it
must not run.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec.msgpack import Decoder

from crossover.contract.text import describe
from crossover.jobs.remote.signing import MAC, SIGNED, Signer
from crossover.jobs.remote.values import encode, is_plain, prepared

FORMAT = 2
UNSIGNED = Signer()
THE_SAME = "install the same crossover on both sides, and start the worker again"

_read_items = Decoder(list[msgspec.Raw]).decode
_read_plain = Decoder().decode


def encoded(head: tuple[Any, ...], parts: list[Any], *tail: str) -> bytes:
    """Return MessagePack of plain items, followed by parts that must arrive as what they are."""
    plain = encoded_if_plain(head, parts, *tail)
    return encode((*head, *map(prepared, parts), *tail)) if plain is None else plain


def encoded_if_plain(head: tuple[Any, ...], parts: list[Any], *tail: str) -> bytes | None:
    """Return MessagePack of items that need none of our extensions; None: some do."""
    try:
        body = encode((*head, *parts, *tail))  # first: what contains itself raises an error here
    except (OverflowError, UnicodeEncodeError, TypeError):
        return None
    return body if is_plain(parts) else None


def routing(message: bytes) -> tuple[str, str]:
    """Return number and reply_to of a message of any format, which nobody has checked; "" where it has none."""
    try:
        items = _read_items(message[1 + MAC :] if message[:1] == SIGNED else message)
        number, reply_to = _read_plain(items[1]), _read_plain(items[2])
    except Exception:
        return "", ""
    return (number, reply_to) if type(number) is type(reply_to) is str else ("", "")


def why_unreadable(body: bytes, error: Exception, reader: str) -> str:
    """Return why a message cannot be read: it is broken, or has another format."""
    try:
        version = _read_plain(_read_items(body)[0])
    except Exception:
        version = FORMAT
    if type(version) is int and version != FORMAT:
        return f"it has message format {version}; {reader} reads format {FORMAT}: {THE_SAME}"
    return f"it is broken: {describe(error)}"
