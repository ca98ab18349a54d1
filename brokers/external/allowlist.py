"""Which functions an external worker may run: those listed, and the plain functions that a listed module defines.

    module:function   exactly this one, whatever kind of object it is
    module            plain functions defined in it, or in a module of that package, whose name does not begin with `_`
    workloads         the functions of the built-in workloads; no other function of that package

Any client of the broker may have sent a message. So the name in it is checked before anything is imported, and the
function is checked again once it has been imported: a module also offers whatever it has imported itself.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from brokers.messages import Refused
from crossover.contract.text import describe
from workloads.base import resolve
from workloads.catalogue import NAMES

WORKLOADS = "workloads"
BUILT_IN = tuple(f"{WORKLOADS}.{name}:run" for name in NAMES)


def expanded(allowed: str) -> Sequence[str]:
    """Return what an entry of the list stands for."""
    return BUILT_IN if allowed == WORKLOADS else (allowed,)


def listed_functions(allow: Iterable[str]) -> list[str]:
    """Return the functions that are listed one by one."""
    return [one for allowed in allow for one in expanded(allowed) if ":" in one]


def permits(allow: tuple[str, ...], reference: str) -> bool:
    """Return whether a function may be looked up; imports nothing.

    Args:
        allow: modules, and functions as "module:function".
        reference: the function that a message requests.
    """
    if reference in listed_functions(allow):
        return True
    module, _, name = reference.partition(":")
    return all(map(_public, (*module.split("."), name))) and _in_listed_module(module, allow)


@cache
def function(allow: tuple[str, ...], reference: str) -> Callable[[Any], Any]:
    """Return a function that may run.

    Args:
        allow: modules, and functions as "module:function".
        reference: the function that a message requests.

    Raises:
        Refused: it must not run, or it cannot be imported.
    """
    if not permits(allow, reference):
        raise Refused(f"it requests {reference[:80]!r}; this worker runs {', '.join(allow)} only")
    try:
        found = resolve(reference)
    except (Exception, SystemExit) as error:
        raise Refused(f"it requests {reference[:80]!r}, which cannot be imported: {describe(error)}") from error
    if reference not in listed_functions(allow) and not (
        inspect.isfunction(found) and _in_listed_module(found.__module__, allow)
    ):
        raise Refused(f"it requests {reference[:80]!r}, which is no function defined in {', '.join(allow)}")
    return found


def _public(word: str) -> bool:
    return word.isidentifier() and not word.startswith("_")


def _in_listed_module(module: str, allow: Iterable[str]) -> bool:
    """Return whether a module is listed as a whole, or a package that contains it."""
    return any(
        f"{module}.".startswith(f"{allowed}.") for allowed in allow if allowed != WORKLOADS and ":" not in allowed
    )
