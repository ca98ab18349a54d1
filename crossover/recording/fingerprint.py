"""Fingerprints of values: 64 bits, the same in every process and on every machine."""

from __future__ import annotations

import pickle
from array import array
from collections.abc import Sequence
from hashlib import blake2b
from types import NoneType
from typing import Any

import msgspec

_encode = msgspec.msgpack.Encoder(order="deterministic").encode
REMEMBERED = frozenset({NoneType, int, str, bytes})  # equal values are the same value (not float: 0.0 == -0.0)
SMALLEST, LARGEST = -(2**63), 2**64 - 1  # the integers of MessagePack


class Fingerprints:
    """Fingerprints values; equal consecutive values, which are frequent, are hashed once."""

    def __init__(self) -> None:
        self._value: Any = None
        self._kind: type = NoneType
        self._print = fingerprint(None)

    def of(self, values: Sequence[Any]) -> array[int]:
        """Return the fingerprint of each value."""
        if set(map(type, values)) == {NoneType}:
            return array("Q", (self.of_one(None),)) * len(values)
        return array("Q", map(self.of_one, values))

    def of_one(self, value: Any) -> int:
        """Return the fingerprint of one value."""
        if value is self._value:
            return self._print
        kind = type(value)
        if kind not in REMEMBERED:
            return fingerprint(value)
        if kind is not self._kind or value != self._value:
            self._kind, self._value, self._print = kind, value, fingerprint(value)
        return self._print


def fingerprint(value: Any) -> int:
    """Return 64 bits of the BLAKE2b hash of a value as data: tuples count as lists, the order of keys does not count.

    Raises:
        Exception: the value has a part that can be neither encoded nor pickled.
    """
    try:
        data = _encode(value)
    except Exception:
        data = _extended(value)
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big")


def _extended(value: Any) -> bytes:
    try:
        return _encode(_as_data(value))
    except RecursionError:  # it contains itself
        return _pickled(value)


def _as_data(value: Any) -> Any:
    """Rewrite what MessagePack cannot encode: large numbers, lone surrogates, keys of any type, objects."""
    data: Any
    match value:
        case None | bool():
            data = value
        case float():  # or of a class that extends float, as numpy.float64 does, which MessagePack cannot encode
            data = float.__float__(value)
        case bytes():
            data = bytes.__getitem__(value, slice(None))
        case int():
            number = int.__int__(value)
            data = number if SMALLEST <= number <= LARGEST else ["int", hex(number)]
        case str():
            data = str.encode(value, "utf-8", "surrogatepass")
        case list() | tuple():
            data = [_as_data(item) for item in value]
        case dict():
            data = ["dict", sorted(_encode([_as_data(key), _as_data(item)]) for key, item in value.items())]
        case set() | frozenset():
            data = ["set", sorted(_encode(_as_data(item)) for item in value)]
        case _:
            data = _pickled(value)
    return data


def _pickled(value: Any) -> bytes:
    """Pickle a value twice: the first round trip makes the references inside it the same for all."""
    return pickle.dumps(pickle.loads(pickle.dumps(value, 5)), 5)
