"""What every workload does: make payloads, run one, check a value."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, overload


class InputError(ValueError):
    """The workload, or the input it was given, cannot be used."""


class Workload(ABC):
    """Makes payloads, runs one, and checks a value.

    Attributes:
        name: what people call it.
        reference: where a worker finds the function to run, as "package.module:function".
        size: how many different payloads there are; None where there is no natural number.
        checks: False where only the outcomes of other runs can tell what a right value is.
    """

    name: str
    reference: str
    size: int | None = None
    checks: bool = True

    @property
    def run(self) -> Callable[[Any], Any]:
        """The function that a worker calls with one payload."""
        return resolve(self.reference)

    @abstractmethod
    def payloads(self, tasks: int) -> Sequence[Any]:
        """Return the payloads of tasks 0 to `tasks` - 1, cheap to slice and the same at every call."""

    @abstractmethod
    def check(self, payload: Any, value: Any) -> bool:
        """Say whether `value` is what running `payload` must give."""

    def wrong(self, payloads: Sequence[Any], values: Sequence[Any]) -> list[int]:
        """Return the positions at which `values` are not right for `payloads`."""
        check = self.check
        return [
            position
            for position, (payload, value) in enumerate(zip(payloads, values, strict=True))
            if not check(payload, value)
        ]


class Cycle(Sequence[Any]):
    """A few items, repeated up to a length without being copied.

    Args:
        items: what is repeated; at least one.
        length: how many there seem to be.
    """

    def __init__(self, items: Sequence[Any], length: int) -> None:
        self._items = list(items)
        self._length = length

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        items = self._items
        if isinstance(index, slice):
            start, stop, step = index.indices(self._length)
            begin, count = start % len(items), max(0, stop - start)
            if begin + count > len(items):
                items = items * ((begin + count) // len(items) + 1)
            return items[begin : begin + count : step]
        return items[range(self._length)[index] % len(items)]


def resolve(reference: str) -> Callable[[Any], Any]:
    """Return the function that a reference names.

    Args:
        reference: "package.module:function"; the function may be an attribute of an attribute.

    Raises:
        ImportError: the module cannot be imported.
        AttributeError: the module has no such function.
    """
    module, _, path = reference.partition(":")
    found: Any = importlib.import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    return found  # type: ignore[no-any-return]  # whoever made the reference has checked that it is callable
