"""Keeps the figures of each module in a table; a module that is measured again replaces its row."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

TABLE = Path(__file__).with_name("figures.md")
HEAD = """# Small faults, and who notices them

Written by `make mutants ARGS="--record MODULE_OR_FOLDER"`, which plants all faults of a module. Fast tests run in their
own process. What cannot be noticed has its reason in `alive.toml`.

| module | faults | noticed | by fast tests | cannot be noticed | alive |
|---|--:|--:|--:|--:|--:|
"""


def record(name: str, count: Counter[str]) -> None:
    """Put the figures of a module, of which all faults were planted, into the table."""
    noticed = count["fast"] + count["processes"]
    total = noticed + count["known"] + count["alive"]
    row = f"| {name} | {total} | {noticed} | {count['fast']} | {count['known']} | {count['alive']} |"
    lines = TABLE.read_text(encoding="utf-8").splitlines() if TABLE.exists() else []
    rows = {line.split(" ")[1]: line for line in lines if ".py |" in line} | {name: row}
    TABLE.write_text(HEAD + "\n".join(rows[key] for key in sorted(rows)) + "\n", encoding="utf-8")
