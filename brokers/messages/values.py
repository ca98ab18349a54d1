"""Values as MessagePack: which of them arrive unchanged, and our extensions for what MessagePack cannot represent.

None, bool, int, float, str, bytes, and lists and dicts of them arrive unchanged, and so do the objects in `extensions`.
A tuple arrives as a list. Every other object is refused, naming its type and what to return instead: most (an Enum, a
dataclass, a named tuple) could be encoded, but would arrive as something else.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from types import NoneType
from typing import Any

import msgspec

from brokers.messages.conversions import instead_of
from brokers.messages.extensions import OF_CODE, Extension, extension_of, hashable
from crossover.contract.text import no_value_hint, readable

LARGE_INTEGER, SURROGATE_TEXT, EXTENDED_KEYS = 1, 2, 3
"""Our MessagePack extensions: integers beyond 64 bits; text with lone surrogates, as in file names; a dict with such
keys."""

SMALLEST, LARGEST = -(2**63), 2**64 - 1  # not a range: `in` would search it item by item for an IntEnum
SURROGATE = re.compile("[\ud800-\udfff]")
PLAIN = frozenset({NoneType, bool, int, float, str, bytes})
CONTAINERS = frozenset({list, tuple, dict})

DEEPEST = 50  # extensions inside each other: each takes a part of the stack, of which a thread may have little

encode = msgspec.msgpack.Encoder().encode


class _Nesting(threading.local):
    """How many extensions this thread is inside of."""

    depth = 0


_nesting = _Nesting()


def _nested(call: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a call returns that encodes or decodes an extension.

    Raises:
        ValueError: too many of them are inside each other.
    """
    if _nesting.depth >= DEEPEST:
        raise ValueError(f"sets and the like are nested more than {DEEPEST} deep")
    _nesting.depth += 1
    try:
        return call(*arguments)
    finally:
        _nesting.depth -= 1


def decode_extension(code: int, data: memoryview) -> Any:
    """Return the value of one of our extensions.

    Raises:
        Exception: it is not ours, or it is broken.
    """
    if code == LARGE_INTEGER:
        return int.from_bytes(data, "big", signed=True)
    if code == SURROGATE_TEXT:
        return bytes(data).decode("utf-8", "surrogatepass")
    return _nested(_decoded, code, data)


def _decoded(code: int, data: memoryview) -> Any:
    if code == EXTENDED_KEYS:
        return {hashable(key): item for key, item in decode(data)}
    if code in OF_CODE:
        return OF_CODE[code].from_data(_decoder(code).decode(data))
    raise ValueError(f"unknown extension {code}")


@cache
def _decoder(code: int) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(OF_CODE[code].wire, ext_hook=decode_extension)


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
        value: what is encoded; beside the parts it is plain.
        parts: those of it that must arrive unchanged.

    Raises:
        Exception: it cannot be encoded, or a part would arrive as something else.
    """
    try:
        message = encode(value)
        if are_plain(parts):
            return message
    except (OverflowError, UnicodeEncodeError, TypeError):  # what MessagePack cannot represent
        pass
    return encode(_with_extensions(value, faithful=True))


def are_plain(values: Sequence[Any]) -> bool:
    """Return whether values consist of nothing that would arrive as something else without an extension.

    It compares types only, one level of nesting at a time, so that most of the work is done in C.

    Args:
        values: that were encoded, so their nesting is finite.
    """
    if len(values) == 1 and type(values[0]) in PLAIN:
        return True
    level: list[Any] = [values]
    while level:
        types = set(map(type, _items(level)))
        if types <= PLAIN:
            return True
        if types - PLAIN - CONTAINERS:
            return False
        level = [value for value in _items(level) if type(value) in CONTAINERS]
    return True


def _items(containers: Iterable[Any]) -> Iterable[Any]:
    """Return the items of lists, and keys and values of dicts."""
    dicts = [container for container in containers if type(container) is dict]
    return chain(chain.from_iterable(containers), chain.from_iterable(map(dict.values, dicts)))


def _name(kind: type) -> str:
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return readable(name)


def _with_extensions(value: Any, *, faithful: bool = False) -> Any:
    """Return a value with our extensions for what MessagePack cannot represent.

    Args:
        value: anything.
        faithful: whether what would arrive as something else is refused.
    """
    kind = type(value)
    if kind in PLAIN:
        return _plain_with_extensions(value)
    if kind in {list, tuple}:
        return [_with_extensions(item, faithful=faithful) for item in value]
    if kind is dict:
        return _dict_with_extensions(value, faithful=faithful)
    if (found := extension_of(value)) is not None:
        return _nested(_extension, found, value, faithful)
    if faithful:
        instead = "" if no_value_hint(value) else f": return {instead_of(value)}"
        raise TypeError(f"{_name(kind)} would arrive as something else{instead}")
    return value


def _extension(found: Extension, value: Any, faithful: bool) -> msgspec.msgpack.Ext:  # noqa: FBT001 - by position only
    return msgspec.msgpack.Ext(found.code, encode(_with_extensions(found.to_data(value), faithful=faithful)))


def _plain_with_extensions(value: Any) -> Any:
    if type(value) is int and not SMALLEST <= value <= LARGEST:
        data = value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True)
        return msgspec.msgpack.Ext(LARGE_INTEGER, data)
    if type(value) is str and SURROGATE.search(value):
        return msgspec.msgpack.Ext(SURROGATE_TEXT, value.encode("utf-8", "surrogatepass"))
    return value


def _dict_with_extensions(value: Mapping[Any, Any], *, faithful: bool) -> Any:
    if any(isinstance(_with_extensions(key, faithful=faithful), list | msgspec.msgpack.Ext) for key in value):
        return msgspec.msgpack.Ext(EXTENDED_KEYS, encode(_nested(_pairs_with_extensions, value, faithful)))
    return dict(_pairs_with_extensions(value, faithful))


def _pairs_with_extensions(value: Mapping[Any, Any], faithful: bool) -> list[tuple[Any, Any]]:  # noqa: FBT001 - by position only
    return [
        (_with_extensions(key, faithful=faithful), _with_extensions(item, faithful=faithful))
        for key, item in value.items()
    ]
