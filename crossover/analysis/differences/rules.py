"""Which differences of host and settings keep results from being compared, and which are only noted.

A test compares the table in docs/method-differences.md with what stands here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

MEMORY_KEPT, MEMORY_OF_ANOTHER = 0.01, 0.1
"""Fractions: after each start the system keeps a little more or less memory; with more, it is another machine."""
VERSION = re.compile(r"\b(\d+\.\d+)\.[^\s,]+")  # what follows its first two numbers changes no figures
LOOPBACK = re.compile(r"(localhost|127\.0\.0\.1|\[?::1\]?):\d+")
SHOWS = {"click", "psutil", "rich"}  # packages that only show what others have done


class Rule(NamedTuple):
    """What becomes of a difference.

    Attributes:
        refused: which differences are refused, in the words of the table; empty: none.
        noted: which are noted and compared; empty: none.
        is_slight: whether a difference between two values is only noted.
    """

    refused: str
    noted: str
    is_slight: Callable[[Any, Any], bool]


def _always(base: object, new: object) -> bool:
    return True


def _never(base: object, new: object) -> bool:
    return False


def _same_release(base: str, new: str) -> bool:
    return VERSION.sub(r"\1", base) == VERSION.sub(r"\1", new)


def _same_system(base: str, new: str) -> bool:
    return base.split()[:1] == new.split()[:1]


def _same_machine(base: int, new: int) -> bool:
    return abs(base - new) <= MEMORY_OF_ANOTHER * base


def _both_local(base: str, new: str) -> bool:
    return bool(LOOPBACK.fullmatch(base) and LOOPBACK.fullmatch(new))


ANY = Rule("any", "", _never)
NOTED = Rule("", "any", _always)
NOT_COMPARED = Rule("", "", _always)
RELEASE = Rule("another release", "another patch level", _same_release)
BROKER = Rule("another release, other settings", "another patch level", _same_release)
SYSTEM = Rule("another system", "another version", _same_system)
MEMORY = Rule("more than 10%", "1 to 10%", _same_machine)
SERVER = Rule("another one", "another port on this machine", _both_local)
WINDOW = Rule("one was typed", "both were searched for, and are more than twice apart", _always)

HOST: Mapping[str, Rule] = {
    "cpu": ANY,
    "cores": ANY,
    "all_cores": ANY,
    "cpu_quota": ANY,
    "memory_bytes": MEMORY,
    "memory_limit_bytes": NOTED,
    "kernel": SYSTEM,
    "python": RELEASE,
    "gil": ANY,
    "start_method": ANY,
    "hash_seed": NOTED,
    "packages": RELEASE,
    "brokers": BROKER,
}
"""Field of a host → its rule. A field that is missing here is refused."""

PLAN: Mapping[str, Rule] = {
    **dict.fromkeys(
        ("command", "transports", "states", "rounds", "until_within", "until_apart", "check", "gate", "compared_with"),
        NOT_COMPARED,
    ),
    **dict.fromkeys(("output", "failures", "transport"), NOT_COMPARED),
    "servers": SERVER,
    "windows": WINDOW,
}
"""Field of a plan → its rule; those not compared say how much was measured, not what. Any other field is refused."""


def of_package(name: str) -> Rule:
    """Return the rule of a package."""
    return NOTED if name in SHOWS else RELEASE
