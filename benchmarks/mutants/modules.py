"""Which tests should notice a fault in which module, and which faults cannot be noticed."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

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


def packages() -> list[str]:
    """Return the folders whose modules have tests that are named, or a reason why not."""
    found: list[str] = tomllib.loads((FOLDER / "tests.toml").read_text(encoding="utf-8"))["packages"]
    return found


def tests_of(module: str) -> Tests:
    """Return the tests of a module: those of the first row whose pattern fits; none where no row does."""
    row = _row("tests", module)
    return Tests(row.get("fast", []), row.get("processes", []))


def left_out(module: str) -> str:
    """Return why no tests are named for a module; "" if that is no decision."""
    return str(_row("left_out", module).get("why", ""))


def _row(table: str, module: str) -> dict[str, Any]:
    """Return the first row of tests.toml whose pattern fits."""
    rows: list[dict[str, Any]] = tomllib.loads((FOLDER / "tests.toml").read_text(encoding="utf-8"))[table]
    return next((row for row in rows if any(fnmatch(module, pattern) for pattern in row["modules"])), {})


def reason(module: str, mutant: Mutant) -> str:
    """Return why no test can notice a fault; "" if there is no reason."""
    return next((row["why"] for row in _alive(module) if _is_about(row, mutant)), "")


def outdated(module: str, mutants: Sequence[Mutant]) -> list[str]:
    """Return the lines that alive.toml names of a module in which no such fault is planted any more."""
    return [row["line"] for row in _alive(module) if not any(_is_about(row, mutant) for mutant in mutants)]


def _alive(module: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads((FOLDER / "alive.toml").read_text(encoding="utf-8")).get(module, [])
    return rows


def _is_about(row: dict[str, Any], mutant: Mutant) -> bool:
    return row["line"] == mutant.code and mutant.change in row["changes"]
