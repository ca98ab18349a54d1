"""What the arguments of an executor may be; the words for wrong ones are CPython's, where it has some."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection
from typing import Any

from crossover.contract.safety import Safety
from crossover.workers.limits.cpu import usable_cores
from workloads.base import nearest

SAFETY = ("fast", "default", "safe")
NO_PROCESS = "there is no worker process that could be replaced or killed: use pool"
ON_DEATH = ("fail", "retry", "break")


def worker_count(max_workers: int | None) -> int:
    """Return how many workers there may be; None: one for each usable core.

    Raises:
        ValueError: less than one.
        TypeError: it is no number, or not a whole one.
    """
    if max_workers is None:
        return max(1, int(usable_cores()))
    if max_workers <= 0:
        raise ValueError("max_workers must be greater than 0")
    return operator.index(max_workers)


def check_initializer(initializer: Callable[..., Any] | None) -> None:
    """Raise an error if it cannot be called.

    Raises:
        TypeError: it cannot.
    """
    if initializer is not None and not callable(initializer):
        raise TypeError("initializer must be a callable")


def limit_of(name: str, value: int | None) -> int:
    """Return a limit; 0: there is none.

    Raises:
        ValueError: less than one.
        TypeError: it is no whole number.
    """
    if value is None:
        return 0
    if not isinstance(value, int):
        raise TypeError(f"{name} must be an integer")
    if value <= 0:
        raise ValueError(f"{name} must be >= 1")
    return value


def seconds_of(name: str, value: float | None) -> float | None:
    """Return a time in seconds; None: there is none.

    Raises:
        ValueError: it is not above 0.
        TypeError: it is no number.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number of seconds, not {type(value).__name__}")
    if not value > 0:
        raise ValueError(f"{name} must be above 0 seconds, not {value}")
    return float(value)


def check_on_death(on_death: str) -> None:
    """Raise an error if there is no such way.

    Raises:
        ValueError: there is none.
    """
    if on_death not in ON_DEATH:
        raise ValueError(f"on_death must be one of {', '.join(ON_DEATH)}, not {on_death!r}")


def level_of(safety: str) -> Safety:
    """Return a safety level.

    Raises:
        ValueError: there is none of this name.
    """
    if safety not in SAFETY:
        raise ValueError(f"safety must be one of {', '.join(SAFETY)}, not {safety!r}")
    return Safety(safety)


def refuse_safe(safety: str | None, way_out: str) -> None:
    """Raise an error if the level is one that no transport of one machine has.

    Raises:
        ValueError: it is, or there is no such level.
    """
    if safety is not None and level_of(safety) is Safety.SAFE:
        raise ValueError(
            "a transport of one machine has no safe level: what it has accepted is lost with this process; " + way_out
        )


def refuse_unknown(transport: str, given: Collection[str], known: Collection[str], local: Collection[str]) -> None:
    """Raise an error if an executor does not have an option.

    Args:
        transport: its name.
        given: names of options.
        known: those that it has.
        local: those that only executors of this machine have, where it is none of them.

    Raises:
        TypeError: it does not have one.
    """
    for name in given:
        if name in local:
            raise TypeError(f"{name} is for workers of this machine, as those of pool: {transport} has a server")
        if name not in known:
            meant = nearest(name, ["max_workers", "progress", *known])
            raise TypeError(f"{transport} has no option {name!r}{meant}; there are {', '.join(known)}")


def refuse(given: dict[str, Any], why: str) -> None:
    """Raise an error if an option is given that has no meaning.

    Args:
        given: name → value; None: it is not given.
        why: it has none.

    Raises:
        ValueError: one is given.
    """
    for name, value in given.items():
        if value is not None:
            raise ValueError(f"{name}: {why}")
