"""The user's own function, with items from a file."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from workloads.base import InputError, Workload
from workloads.custom.inspection import Facts
from workloads.custom.items import Items, read_items


class Function(Workload):
    """Calls a user's function once for each item.

    The function's `check` attribute decides whether a value is right: `function.check(item, value) -> bool`. Without
    it, values are compared between runs: then the function must always return the same value for the same item.

    It imports nothing until a value is checked, and reads only the items that are used.

    Args:
        facts: what is known of the function.
        source: the file of the items; "-" is standard input.
    """

    def __init__(self, facts: Facts, source: str) -> None:
        self.name = facts.name
        self.reference = facts.reference
        self.named = facts.source
        self.checks = facts.checks
        self.notes = facts.notes
        self._source = source
        self._items: Items | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Leave out `check`, which may be a lambda: each process finds its own."""
        return {name: value for name, value in vars(self).items() if name != "_check"}

    def version(self, facts: Facts) -> Function:
        """Return the same with another function, for the same items.

        Raises:
            InputError: a workload was named, which makes its own payloads.
        """
        if facts.is_workload:
            raise InputError(f"{facts.source} is a workload that makes its own payloads; {self.named} takes items (-i)")
        other = Function(facts, self._source)
        other._items = self._items
        return other

    def payloads(self, tasks: int) -> list[Any]:
        """Return new copies of the items."""
        return self._read(None).first(tasks)

    @functools.cached_property
    def usual_tasks(self) -> int:  # type: ignore[override]  # it is not set from outside
        """The number of items; all of them are read."""
        return len(self._read(None))

    def prepare(self, tasks: int) -> None:
        """Read the items of so many tasks.

        Raises:
            InputError: they cannot be read.
        """
        self._read(tasks)

    def _read(self, most: int | None) -> Items:
        if self._items is None:
            self._items = read_items(self._source, most)
            self.remarks = (self._items.remark,) if self._items.remark else ()
        return self._items

    def check(self, payload: Any, value: Any) -> bool:
        """Call the function's `check`, if it has one.

        Raises:
            InputError: `check` raised an exception.
        """
        return not self.checks or self._check(payload, value)

    def wrong(self, payloads: Sequence[Any], values: Sequence[Any]) -> list[int]:
        """Check each value, if the function has a `check`."""
        return super().wrong(payloads, values) if self.checks else []

    @functools.cached_property
    def _check(self) -> Callable[[Any, Any], bool]:
        check = self.run.check  # type: ignore[attr-defined]  # it was there when the function was inspected

        def checked(payload: Any, value: Any) -> bool:
            try:
                return bool(check(payload, value))
            except (Exception, SystemExit) as error:
                raise InputError(f"{self.name}.check failed: {type(error).__name__}: {error}") from error

        return checked
