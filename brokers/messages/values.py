"""Values as MessagePack: which arrive as they were, and extensions of ours for what it has no words for.

None, bool, int, float, str, bytes, and lists and dicts of them arrive as themselves. A tuple arrives as a list. Every
other object is refused by the name of its type: most (a Decimal, a date, an Enum, a dataclass, a set, a bytearray)
could be written, but something else would arrive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from types import NoneType
from typing import Any

import msgspec

from crossover.contract.text import readable

LARGE_INTEGER, ODD_TEXT, ODD_KEYS = 1, 2, 3
"""Our MessagePack extensions: beyond 64 bits; lone surrogates, as in odd names of files; a dict with such keys."""

SMALLEST, LARGEST = -(2**63), 2**64 - 1  # not a range: it would be searched for an IntEnum
SURROGATE = re.compile("[\ud800-\udfff]")
PLAIN = frozenset({NoneType, bool, int, float, str, bytes})
CONTAINERS = frozenset({list, tuple, dict})

encode = msgspec.msgpack.Encoder().encode


def extension(code: int, data: memoryview) -> Any:
    """Return what an extension of ours says.

    Raises:
        Exception: it is not ours, or broken.
    """
    if code == LARGE_INTEGER:
        return int.from_bytes(data, "big", signed=True)
    if code == ODD_TEXT:
        return bytes(data).decode("utf-8", "surrogatepass")
    if code == ODD_KEYS:
        return {_hashable(key): item for key, item in decode(data)}
    raise ValueError(f"unknown extension {code}")


decode = msgspec.msgpack.Decoder(ext_hook=extension).decode


def encoded(thing: Any) -> bytes:
    """Return MessagePack; large integers and lone surrogates, which it cannot say, as extensions of ours."""
    try:
        return encode(thing)
    except (OverflowError, UnicodeEncodeError):
        return encode(_sayable(thing))


def faithful(thing: Any, parts: Sequence[Any]) -> bytes:
    """Return MessagePack of a thing, the parts of which arrive as they are.

    Args:
        thing: what is written.
        parts: those of it that come from outside.

    Raises:
        Exception: it cannot be written, or a part would arrive as something else.
    """
    message = encoded(thing)
    if kind := strange(parts):
        raise TypeError(f"{kind} would arrive as something else")
    return message


def strange(things: Sequence[Any]) -> str:
    """Return the name of a type in there that would not arrive as itself; nothing where all would.

    It looks at types alone, one level of nesting after the other: that way the interpreter's C code does the looking.

    Args:
        things: what can be encoded; hence there is an end to its levels.
    """
    if len(things) == 1 and type(things[0]) in PLAIN:
        return ""
    level: list[Any] = [things]
    while level:
        kinds = set(map(type, _inside(level)))
        if kinds <= PLAIN:
            return ""
        if others := kinds - PLAIN - CONTAINERS:
            return min(map(_name, others))
        level = [thing for thing in _inside(level) if type(thing) in CONTAINERS]
    return ""


def _inside(containers: Iterable[Any]) -> Iterable[Any]:
    """Return what is in containers: items of lists, keys and values of dicts."""
    dicts = [container for container in containers if type(container) is dict]
    return chain(chain.from_iterable(containers), chain.from_iterable(map(dict.values, dicts)))


def _name(kind: type) -> str:
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return readable(name)


def _sayable(thing: Any) -> Any:
    match thing:
        case bool():
            return thing
        case int() if not SMALLEST <= thing <= LARGEST:
            data = thing.to_bytes(thing.bit_length() // 8 + 1, "big", signed=True)
            return msgspec.msgpack.Ext(LARGE_INTEGER, data)
        case str() if SURROGATE.search(thing):
            data = thing.encode("utf-8", "surrogatepass")
            return msgspec.msgpack.Ext(ODD_TEXT, data)
        case list() | tuple():
            return [_sayable(item) for item in thing]
        case dict():
            return _sayable_dict(thing)
    return thing


def _sayable_dict(thing: Mapping[Any, Any]) -> Any:
    pairs = [(_sayable(key), _sayable(item)) for key, item in thing.items()]
    if any(isinstance(key, list | msgspec.msgpack.Ext) for key, _ in pairs):
        return msgspec.msgpack.Ext(ODD_KEYS, encode(pairs))
    return dict(pairs)


def _hashable(key: Any) -> Any:
    """Return a key as MessagePack gives it back: an array is a tuple."""
    return tuple(map(_hashable, key)) if isinstance(key, list) else key
