"""Which functions a Celery worker runs: those that it was told, and the plain ones that a module it was told defines.

    module:function   exactly this one, whatever it is
    module            plain functions defined in it, or in a module of that package, whose name has no `_` in front
    workloads         the functions of the workloads that crossover brings; no other function of that package

A message may come from anybody. So it is judged by its words before anything is imported for it, and what it names is
judged again when it is there: a module offers whatever it has imported, too.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from brokers.messages import Refused
from crossover.contract.text import describe
from workloads.base import resolve
from workloads.catalogue import NAMES

OURS = "workloads"
SHIPPED = tuple(f"{OURS}.{name}:run" for name in NAMES)


def named(allow: Iterable[str]) -> list[str]:
    """Return the functions that are named one by one."""
    return [one for allowed in allow for one in (SHIPPED if allowed == OURS else (allowed,)) if ":" in one]


def permits(allow: tuple[str, ...], reference: str) -> bool:
    """Say whether a function may be looked for; nothing is imported.

    Args:
        allow: modules, and functions as "module:function".
        reference: what a message asks for.
    """
    if reference in named(allow):
        return True
    module, _, name = reference.partition(":")
    return all(map(_public, (*module.split("."), name))) and _within(module, allow)


@cache
def function(allow: tuple[str, ...], reference: str) -> Callable[[Any], Any]:
    """Return a function that may run.

    Args:
        allow: modules, and functions as "module:function".
        reference: which one.

    Raises:
        Refused: it may not, or it is not there.
    """
    if not permits(allow, reference):
        raise Refused(f"it asks for {reference[:80]!r}; this worker runs {', '.join(allow)} only")
    try:
        found = resolve(reference)
    except (Exception, SystemExit) as error:
        raise Refused(f"it asks for {reference[:80]!r}, which cannot be had: {describe(error)}") from error
    if reference not in named(allow) and not (inspect.isfunction(found) and _within(found.__module__, allow)):
        raise Refused(f"it asks for {reference[:80]!r}, which is no function defined in {', '.join(allow)}")
    return found


def _public(word: str) -> bool:
    return word.isidentifier() and not word.startswith("_")


def _within(module: str, allow: Iterable[str]) -> bool:
    """Say whether a module is allowed as a whole, or a package that it belongs to."""
    return any(f"{module}.".startswith(f"{allowed}.") for allowed in allow if allowed != OURS and ":" not in allowed)
