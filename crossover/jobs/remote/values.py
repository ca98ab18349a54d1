"""Values of calls and outcomes as MessagePack: everything arrives as what it was, or is refused.

The extensions of `brokers.messages` are used, and three of our own: tuples, members of an Enum and dataclasses.
Classes are found by name, in modules that are allowed.
"""

from __future__ import annotations

import dataclasses
import enum
import operator
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec
from msgspec.msgpack import Decoder, Ext

from brokers.messages.conversions import instead_of
from brokers.messages.extensions import OF_CODE, extension_of
from brokers.messages.values import EXTENDED_KEYS, LARGE_INTEGER, LARGEST, PLAIN, SMALLEST, SURROGATE, SURROGATE_TEXT
from crossover.contract.text import no_value_hint, readable
from crossover.jobs.remote.allowed import AllowList
from crossover.jobs.remote.main_module import MAIN, name_on_the_wire

T = TypeVar("T")
TUPLE, ENUM, DATACLASS = 40, 41, 42
DEEPEST = 50  # extensions inside each other: each takes a part of the stack
ITEMS, PAIRS = list[Any], list[tuple[Any, Any]]
MEMBER, FIELDS = tuple[str, str, Any], tuple[str, str, dict[str, Any]]

encode = msgspec.msgpack.Encoder().encode


class _Nesting(threading.local):
    """How many extensions this thread is inside of, and whether classes of the script travel."""

    depth = 0
    main = False


_nesting = _Nesting()


def _nested(call: Callable[..., T], *arguments: Any) -> T:
    if _nesting.depth >= DEEPEST:
        raise ValueError(f"tuples, sets and the like are nested more than {DEEPEST} deep")
    _nesting.depth += 1
    try:
        return call(*arguments)
    finally:
        _nesting.depth -= 1


@contextmanager
def classes_of_the_script(travel: bool) -> Iterator[None]:  # noqa: FBT001 - it is all that there is
    """Let objects of classes of the script itself travel: to workers that load it."""
    before, _nesting.main = _nesting.main, travel
    try:
        yield
    finally:
        _nesting.main = before


def is_plain(value: Any) -> bool:
    """Return whether a value that can be encoded needs none of our extensions: no tuples, no objects."""
    level = [value]
    while level:
        deeper: list[Any] = []
        for one in level:
            kind = type(one)
            if kind is list:
                if not PLAIN.issuperset(map(type, one)):
                    deeper += one
            elif kind is dict:
                deeper += one
                deeper += one.values()
            elif kind not in PLAIN:
                return False
        level = deeper
    return True


def prepared(value: Any) -> Any:
    """Return a value as it is given to the encoder: with extensions for what MessagePack does not have.

    Raises:
        TypeError: a part of it would arrive as something else.
        ValueError: it is nested too deeply.
    """
    kind = type(value)
    if kind in PLAIN:
        return _plain(value)
    if kind is list:
        return [prepared(item) for item in value]
    return _dict(value) if kind is dict else _object(value, kind)


def _object(value: Any, kind: type) -> Ext:
    if kind is tuple:
        return _nested(_extension, TUPLE, list(value))
    if (found := extension_of(value)) is not None:
        return _nested(_extension, found.code, found.to_data(value))
    if isinstance(value, enum.Enum):
        named = value.value if isinstance(value, enum.Flag) else value.name
        return _nested(_extension, ENUM, [*_name_of(kind), named])
    if dataclasses.is_dataclass(kind):
        return _nested(_extension, DATACLASS, [*_name_of(kind), _state(value)])
    raise TypeError(f"{_shown(kind)} would arrive as something else{_instead(value)}")


def _extension(code: int, data: Any) -> Ext:
    if type(data) is tuple:  # the parts of a date, an array: their types are known
        return Ext(code, encode([_plain(item) for item in data]))
    return Ext(code, encode(prepared(data)))


def _plain(value: Any) -> Any:
    if type(value) is int and not SMALLEST <= value <= LARGEST:
        return Ext(LARGE_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))
    if type(value) is str and SURROGATE.search(value):
        return Ext(SURROGATE_TEXT, value.encode("utf-8", "surrogatepass"))
    return value


def _dict(value: dict[Any, Any]) -> Any:
    pairs = [(prepared(key), prepared(item)) for key, item in value.items()]
    if any(isinstance(key, Ext) for key, _ in pairs):
        return _nested(lambda: Ext(EXTENDED_KEYS, encode(pairs)))
    return dict(pairs)


def _shown(kind: type) -> str:
    return readable(kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}")


def _instead(value: Any) -> str:
    if isinstance(value, type) or callable(value):
        return ": send its name, or a value"
    return no_value_hint(value) or f": send {instead_of(value)} instead"


def _name_of(kind: type) -> tuple[str, str]:
    """Return module and name of a class, by which the other side finds it."""
    try:
        found = operator.attrgetter(kind.__qualname__)(sys.modules[kind.__module__])
    except (KeyError, AttributeError):
        found = None
    if found is not kind or (kind.__module__ == MAIN and not _nesting.main):
        raise TypeError(
            f"{_shown(kind)} cannot be found by its name on the other side: define the class at the top of a module "
            "that both sides import"
        )
    return name_on_the_wire(kind.__module__), kind.__qualname__


def _state(value: Any) -> dict[str, Any]:
    kind = type(value)
    names = [field.name for field in dataclasses.fields(value)]
    plain: Any = object.__new__
    if kind.__new__ is not plain or set(getattr(value, "__dict__", ())) - set(names):
        raise TypeError(f"{_shown(kind)} has more than its fields, which would be lost{_instead(value)}")
    return {name: getattr(value, name) for name in names}


class Reader:
    """Decodes what others have sent.

    Args:
        allowed: whose classes may occur.
    """

    def __init__(self, allowed: AllowList) -> None:
        self.allowed = allowed
        wires = {code: extension.wire for code, extension in OF_CODE.items()}
        wires |= {TUPLE: ITEMS, ENUM: MEMBER, DATACLASS: FIELDS, EXTENDED_KEYS: PAIRS}
        self._decoders = {code: Decoder(wire, ext_hook=self._hook) for code, wire in wires.items()}
        self._decode = Decoder(ext_hook=self._hook).decode

    def decode(self, data: bytes | memoryview | msgspec.Raw) -> Any:
        """Return a value.

        Raises:
            Exception: it is broken, or has an object of a class that is not allowed.
        """
        return self._decode(data)

    def _hook(self, code: int, data: memoryview) -> Any:
        if code == LARGE_INTEGER:
            return int.from_bytes(data, "big", signed=True)
        if code == SURROGATE_TEXT:
            return bytes(data).decode("utf-8", "surrogatepass")
        return _nested(self._made, code, data)

    def _made(self, code: int, data: memoryview) -> Any:
        if code not in self._decoders:
            raise ValueError(f"unknown extension {code}")
        inner = self._decoders[code].decode(data)
        if code == TUPLE:
            return tuple(inner)
        if code == EXTENDED_KEYS:
            return dict(inner)
        if code == ENUM:
            return self._member(*inner)
        if code == DATACLASS:
            return self._dataclass(*inner)
        return OF_CODE[code].from_data(inner)

    def _member(self, module: str, name: str, member: Any) -> enum.Enum:
        kind = self.allowed.class_of(module, name)
        if not issubclass(kind, enum.Enum):
            raise TypeError(f"{_shown(kind)} is no Enum")
        return kind(member) if issubclass(kind, enum.Flag) else kind[member]

    def _dataclass(self, module: str, name: str, state: dict[str, Any]) -> Any:
        kind = self.allowed.class_of(module, name)
        if not dataclasses.is_dataclass(kind) or {field.name for field in dataclasses.fields(kind)} != set(state):
            raise TypeError(f"{_shown(kind)} has other fields here: both sides need the same version of it")
        made = object.__new__(kind)
        for field, value in state.items():
            object.__setattr__(made, field, value)
        return made
