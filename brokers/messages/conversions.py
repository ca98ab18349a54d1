"""What a function returns instead of an object that would arrive as something else."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable
from typing import Any

import msgspec

from brokers.messages.extensions import EXTENSIONS

PLAIN = (bool, int, float, str, bytes, list, tuple, dict)
METHODS = ("_asdict", "model_dump", "to_pydatetime", "to_dict", "tolist", "to_list")
"""Of named tuples, Pydantic's models, pandas' times and tables, arrays and tensors, Polars' series."""


KINDS: tuple[tuple[Callable[[Any], bool], str], ...] = (
    (lambda value: isinstance(value, enum.Enum), "value.value, or value.name"),
    (lambda value: dataclasses.is_dataclass(type(value)), "dataclasses.asdict(value)"),
    (lambda value: isinstance(value, msgspec.Struct), "msgspec.to_builtins(value)"),
    (lambda value: hasattr(type(value), "__attrs_attrs__"), "attrs.asdict(value)"),
    (lambda value: isinstance(value, memoryview), "bytes(value)"),
)


def instead_of(value: Any) -> str:
    """Return what to return instead of a value, as an expression where there is one.

    Args:
        value: of a type that does not travel.
    """
    kind = type(value)
    if found := next((words for is_one, words in KINDS if is_one(value)), ""):
        return found
    if method := next((name for name in METHODS if callable(getattr(kind, name, None))), ""):
        return f"value.{method}()"
    base = next((base for base in kind.__mro__ if base in PLAIN or base in EXTENSIONS), None)
    return f"{base.__name__}(value)" if base else "numbers, text, lists and dicts"
