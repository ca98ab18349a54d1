"""A user's own workload, as the command holds it: the facts about it, without its module."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from workloads.base import InputError, Workload, resolve
from workloads.custom.copies import copier
from workloads.custom.inspection import Facts


class StandIn(Workload):
    """Stands for a user's workload, and imports its module only where payloads are made or values are checked.

    Args:
        facts: what is known of the workload.
    """

    def __init__(self, facts: Facts) -> None:
        self.name = facts.name
        self.reference = facts.reference
        self.named = facts.source
        self.usual_tasks = facts.usual_tasks
        self.on_this_machine = facts.on_this_machine
        self.payload_bytes = facts.payload_bytes
        self.extensible_payloads = facts.extensible_payloads
        self.checks = facts.checks
        self.notes = facts.notes

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the user's workload: each process finds its own."""
        return {name: value for name, value in vars(self).items() if name != "_workload"}

    def version(self, facts: Facts) -> StandIn:
        """Return the stand-in of another workload.

        Raises:
            InputError: a function was named, which takes items.
        """
        if not facts.is_workload:
            raise InputError(f"{self.named} is a workload that makes its own payloads; {facts.source} takes items (-i)")
        return StandIn(facts)

    def payloads(self, tasks: int) -> list[Any]:
        """Return the payloads of the workload; no two of them share an object that can be changed.

        Raises:
            InputError: the workload raised an exception, or made none.
        """
        made = self._try("payloads", lambda workload: list(islice(workload.payloads(tasks), tasks)))
        if not made:
            raise InputError(f"{self.named}.payloads made no payload")
        return [copier(payload)() for payload in made]

    def expect(self, payloads: Iterable[Any]) -> None:
        """Let the workload compute the right values."""
        self._try("expect", lambda workload: workload.expect(payloads))

    def check(self, payload: Any, value: Any) -> bool:
        """Return whether the workload accepts a value."""
        return bool(self._try("check", lambda workload: workload.check(payload, value)))

    def wrong(self, payloads: Sequence[Any], values: Sequence[Any]) -> list[int]:
        """Return the positions at which the workload refuses the value, if it checks values."""
        return list(self._try("wrong", lambda workload: workload.wrong(payloads, values))) if self.checks else []

    @functools.cached_property
    def _workload(self) -> Workload:
        found: Any = resolve(self.named)
        return found  # type: ignore[no-any-return]  # it was one when it was inspected

    def _try(self, method: str, call: Callable[[Workload], Any]) -> Any:
        """Return what a method of the workload returns.

        Raises:
            InputError: it raised an exception.
        """
        try:
            return call(self._workload)
        except (Exception, SystemExit) as error:
            raise InputError(f"{self.named}.{method} failed: {type(error).__name__}: {error}") from error
