"""Runs pytest in a process forked from this one, which has imported the libraries that tests need."""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from forks import forked

LIBRARIES = (
    "asyncio",
    "click",
    "hypothesis",
    "msgspec",
    "multiprocessing.managers",
    "multiprocessing.pool",
    "numpy",
    "pytest_timeout",
    "rich.console",
    "rich.table",
    "xdist.plugin",
)
IMPORTED = "ignore:Module already imported:pytest.PytestAssertRewriteWarning"
OPTIONS = ("-x", "-q", "-W", IMPORTED, "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header", "--tb=short")


class Trial(NamedTuple):
    """How tests ended.

    Attributes:
        status: pytest's exit status; None if they had not ended at the deadline, or a signal ended them.
        seconds: that they took.
        output: what they printed.
    """

    status: int | None
    seconds: float
    output: str


def import_libraries() -> None:
    """Import what tests need, but nothing of ours."""
    for name in LIBRARIES:
        importlib.import_module(name)


def run_tests(root: Path, tests: Sequence[str], deadline: float, plugin: object = None) -> Trial:
    """Run tests in a process of their own, and end it and all that it has started.

    Args:
        root: of the copy of the house.
        tests: files, ids or options of pytest.
        deadline: seconds.
        plugin: of pytest.
    """
    output = root.parent / "output"
    began = time.monotonic()

    def be_pytest() -> int:
        with output.open("wb") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        os.chdir(root)
        sys.path[0] = str(root)
        main = sys.modules["__main__"]
        main.__spec__, main.__file__ = None, None  # processes that multiprocessing starts would import it
        return int(pytest.main([*OPTIONS, *tests], plugins=[plugin] if plugin else []))

    status = forked(be_pytest, deadline)
    return Trial(status, time.monotonic() - began, output.read_text(encoding="utf-8", errors="replace"))
