"""Values as MessagePack: which of them arrive unchanged, and our extensions for what MessagePack cannot represent.

None, bool, int, float, str, bytes, and lists and dicts of them arrive unchanged. A tuple arrives as a list. Every other
object is refused, naming its type: most (a Decimal, a date, an Enum, a dataclass, a set, a bytearray) could be encoded,
but would arrive as something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from types import NoneType
from typing import Any

import msgspec

from crossover.contract.text import readable

LARGE_INTEGER, SURROGATE_TEXT, EXTENDED_KEYS = 1, 2, 3
"""Our MessagePack extensions: integers beyond 64 bits; text with lone surrogates, as in file names; a dict with such
keys."""

SMALLEST, LARGEST = -(2**63), 2**64 - 1  # not a range: `in` would search it item by item for an IntEnum
SURROGATE = re.compile("[\ud800-\udfff]")
PLAIN = frozenset({NoneType, bool, int, float, str, bytes})
CONTAINERS = frozenset({list, tuple, dict})

encode = msgspec.msgpack.Encoder().encode


def decode_extension(code: int, data: memoryview) -> Any:
    """Return the value of one of our extensions.

    Raises:
        Exception: it is not ours, or it is broken.
    """
    if code == LARGE_INTEGER:
        return int.from_bytes(data, "big", signed=True)
    if code == SURROGATE_TEXT:
        return bytes(data).decode("utf-8", "surrogatepass")
    if code == EXTENDED_KEYS:
        return {_hashable(key): item for key, item in decode(data)}
    raise ValueError(f"unknown extension {code}")


decode = msgspec.msgpack.Decoder(ext_hook=decode_extension).decode


def encode_extended(value: Any) -> bytes:
    """Return MessagePack, with large integers and lone surrogates as our extensions."""
    try:
        return encode(value)
    except (OverflowError, UnicodeEncodeError):
        return encode(_with_extensions(value))


def encode_faithful(value: Any, parts: Sequence[Any]) -> bytes:
    """Return MessagePack of a value, parts of which must arrive unchanged.

    Args:
        value: what is encoded.
        parts: those of it that must arrive unchanged.

    Raises:
        Exception: it cannot be encoded, or a part would arrive as something else.
    """
    message = encode_extended(value)
    if name := changed_type(parts):
        raise TypeError(f"{name} would arrive as something else")
    return message


def changed_type(values: Sequence[Any]) -> str | None:
    """Return the name of a type in the values that would arrive as something else, or None.

    It compares types only, one level of nesting at a time, so that most of the work is done in C.

    Args:
        values: that were encoded, so their nesting is finite.
    """
    if len(values) == 1 and type(values[0]) in PLAIN:
        return None
    level: list[Any] = [values]
    while level:
        types = set(map(type, _items(level)))
        if types <= PLAIN:
            return None
        if others := types - PLAIN - CONTAINERS:
            return min(map(_name, others))
        level = [value for value in _items(level) if type(value) in CONTAINERS]
    return None


def _items(containers: Iterable[Any]) -> Iterable[Any]:
    """Return the items of lists, and keys and values of dicts."""
    dicts = [container for container in containers if type(container) is dict]
    return chain(chain.from_iterable(containers), chain.from_iterable(map(dict.values, dicts)))


def _name(kind: type) -> str:
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return readable(name)


def _with_extensions(value: Any) -> Any:
    match value:
        case bool():
            return value
        case int() if not SMALLEST <= value <= LARGEST:
            data = value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True)
            return msgspec.msgpack.Ext(LARGE_INTEGER, data)
        case str() if SURROGATE.search(value):
            data = value.encode("utf-8", "surrogatepass")
            return msgspec.msgpack.Ext(SURROGATE_TEXT, data)
        case list() | tuple():
            return [_with_extensions(item) for item in value]
        case dict():
            return _dict_with_extensions(value)
    return value


def _dict_with_extensions(value: Mapping[Any, Any]) -> Any:
    pairs = [(_with_extensions(key), _with_extensions(item)) for key, item in value.items()]
    if any(isinstance(key, list | msgspec.msgpack.Ext) for key, _ in pairs):
        return msgspec.msgpack.Ext(EXTENDED_KEYS, encode(pairs))
    return dict(pairs)


def _hashable(key: Any) -> Any:
    """Return a key as MessagePack gives it back: an array is a tuple."""
    return tuple(map(_hashable, key)) if isinstance(key, list) else key
