"""Which tests should notice a fault in which module, and which faults cannot be noticed."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from mutations import Mutant

FOLDER = Path(__file__).parent


class Tests(NamedTuple):
    """The tests of a module, as arguments of pytest.

    Attributes:
        fast: run in their own process, and are shown the faults of lines that they run.
        processes: start workers or servers, and are shown what no fast test notices.
    """

    fast: list[str]
    processes: list[str]


def tests_of(module: str) -> Tests:
    """Return the tests of a module: those of the first row whose pattern fits; none where no row does."""
    for row in tomllib.loads((FOLDER / "tests.toml").read_text(encoding="utf-8"))["tests"]:
        if any(fnmatch(module, pattern) for pattern in row["modules"]):
            return Tests(row.get("fast", []), row.get("processes", []))
    return Tests([], [])


def reason(module: str, mutant: Mutant) -> str:
    """Return why no test can notice a fault; "" if there is no reason."""
    rows = tomllib.loads((FOLDER / "alive.toml").read_text(encoding="utf-8")).get(module, ())
    return next((row["why"] for row in rows if row["line"] == mutant.code and mutant.change in row["changes"]), "")
