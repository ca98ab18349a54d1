"""Objects that arrive as themselves, although MessagePack has no such type: each is an extension of ours.

Only classes of the standard library, and numbers and arrays of NumPy, which are made from data alone: what a message
says is checked against the type of its extension, and runs no code.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from pathlib import PosixPath, PurePosixPath
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

HEXADECIMAL = 16
LONGEST_FRACTION = 2**15  # digits: to reduce longer ones takes seconds, for which a message of others may have no time
DTYPE = re.compile(r"[<>|=]([?biufcUS]\d+|[mM]8(\[\w+\])?)")
"""Types of NumPy's items that are data: no objects, and no records."""
Zone = str | tuple[int, int, int, str | None] | None
"""The key of a zone, or days, seconds and microseconds from UTC and a name."""


class Extension(NamedTuple):
    """How an object travels.

    Attributes:
        code: of the extension.
        wire: the type of its data.
        to_data: returns the data of an object.
        from_data: returns the object again.
    """

    code: int
    wire: Any
    to_data: Callable[[Any], Any]
    from_data: Callable[[Any], Any]


def _zone(zone: dt.tzinfo | None) -> Zone:
    if zone is None:
        return None
    if type(zone) is dt.timezone:
        offset, *name = zone.__getinitargs__()  # type: ignore[attr-defined]  # it has it, for pickle
        if "".join(name).encode("utf-8", "replace").decode() == "".join(name):  # no lone surrogates
            return (*_parts(offset), name[0] if name else None)
    elif type(zone) is ZoneInfo and zone.key and _is_installed(zone.key):
        return zone.key
    raise TypeError(
        f"a time zone of {type(zone).__module__} would arrive as something else: "
        "return value.astimezone(datetime.timezone.utc)"
    )


def _is_installed(key: str) -> bool:
    """Return whether there is a zone of that name here; one that was read from a file may have any."""
    try:
        ZoneInfo(key)
    except Exception:
        return False
    return True


def _to_zone(data: Zone) -> dt.tzinfo | None:
    if data is None:
        return None
    if isinstance(data, str):
        return ZoneInfo(data)
    *parts, name = data
    offset = dt.timedelta(*parts)
    return dt.timezone(offset) if name is None else dt.timezone(offset, name)


def _parts(delta: dt.timedelta) -> tuple[int, int, int]:
    return delta.days, delta.seconds, delta.microseconds


def _moment(value: dt.datetime | dt.time) -> tuple[str, int, Zone]:
    return value.replace(tzinfo=None).isoformat(), value.fold, _zone(value.tzinfo)


def _to_moment(kind: type[dt.datetime | dt.time]) -> Callable[[tuple[str, int, Zone]], Any]:
    return lambda data: kind.fromisoformat(data[0]).replace(fold=data[1], tzinfo=_to_zone(data[2]))


def _fraction(value: Fraction) -> str:
    data = f"{value.numerator:x}/{value.denominator:x}"
    if len(data) > LONGEST_FRACTION:
        raise TypeError("a fraction of so many digits does not travel: return its numerator and denominator")
    return data


def _to_fraction(data: str) -> Fraction:
    if len(data) > LONGEST_FRACTION:
        raise ValueError("a fraction of too many digits")
    numerator, _, denominator = data.partition("/")
    return Fraction(int(numerator, HEXADECIMAL), int(denominator, HEXADECIMAL))


def _pairs(value: Any) -> list[Any]:
    return [list(pair) for pair in value.items()]


def hashable(key: Any) -> Any:
    """Return a key as MessagePack gives it back: an array is a tuple."""
    return tuple(map(hashable, key)) if isinstance(key, list) else key


def _keyed(pairs: Iterable[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    return [(hashable(key), item) for key, item in pairs]


def _array(value: Any) -> tuple[str, list[int], bytes, bool, bool]:
    if not DTYPE.fullmatch(value.dtype.str):
        raise TypeError(f"a NumPy array of {value.dtype} would arrive as something else: return value.tolist()")
    flags = value.flags
    by_column = flags.f_contiguous and not flags.c_contiguous
    writeable = flags.writeable or not flags.forc  # as pickle has it: what is not contiguous arrives as a copy
    return value.dtype.str, list(value.shape), value.tobytes("F" if by_column else "C"), by_column, writeable


def _to_array(data: tuple[str, list[int], bytes, bool, bool]) -> Any:
    dtype, shape, items, by_column, writeable = data
    if not DTYPE.fullmatch(dtype) or min(shape, default=0) < 0:
        raise ValueError("no array of numbers")
    numpy = import_module("numpy")  # on use: few functions return arrays
    if not shape and dtype[1:] in {"U0", "S0"}:  # an empty text: NumPy reads no items of no size
        return numpy.zeros((), dtype)
    made = numpy.frombuffer(bytearray(items), dtype) if items else numpy.empty(0, dtype)
    made = made.reshape(shape, order="F" if by_column else "C")
    made.flags.writeable = writeable
    return made


EXTENSIONS: dict[type, Extension] = {
    set: Extension(4, list[Any], list, lambda items: set(map(hashable, items))),
    frozenset: Extension(5, list[Any], list, lambda items: frozenset(map(hashable, items))),
    Counter: Extension(6, list[tuple[Any, Any]], _pairs, lambda pairs: Counter(dict(_keyed(pairs)))),
    OrderedDict: Extension(7, list[tuple[Any, Any]], _pairs, lambda pairs: OrderedDict(_keyed(pairs))),
    bytearray: Extension(8, bytes, bytes, bytearray),
    complex: Extension(9, tuple[float, float], lambda value: (value.real, value.imag), lambda data: complex(*data)),
    Decimal: Extension(10, str, str, Decimal),
    Fraction: Extension(11, str, _fraction, _to_fraction),
    UUID: Extension(12, bytes, lambda value: value.bytes, lambda data: UUID(bytes=data)),
    dt.date: Extension(13, str, dt.date.isoformat, dt.date.fromisoformat),
    dt.time: Extension(14, tuple[str, int, Zone], _moment, _to_moment(dt.time)),
    dt.datetime: Extension(15, tuple[str, int, Zone], _moment, _to_moment(dt.datetime)),
    dt.timedelta: Extension(16, tuple[int, int, int], _parts, lambda data: dt.timedelta(*data)),
    PosixPath: Extension(17, Any, str, PosixPath),
    PurePosixPath: Extension(18, Any, str, PurePosixPath),
}
ARRAY = tuple[str, list[int], bytes, bool, bool]
NUMPY_ARRAY = Extension(19, ARRAY, _array, _to_array)
NUMPY_SCALAR = Extension(20, ARRAY, _array, lambda data: _to_array(data)[()])
OF_CODE = {extension.code: extension for extension in (*EXTENSIONS.values(), NUMPY_ARRAY, NUMPY_SCALAR)}


def extension_of(value: Any) -> Extension | None:
    """Return how an object travels; None if it is no object, or would arrive as something else."""
    kind = type(value)
    found = EXTENSIONS.get(kind)
    if found is None and kind.__module__ == "numpy" and (numpy := sys.modules.get("numpy")) is not None:
        if kind is numpy.ndarray:
            return NUMPY_ARRAY
        return NUMPY_SCALAR if issubclass(kind, numpy.generic) and DTYPE.fullmatch(value.dtype.str) else None
    return found
