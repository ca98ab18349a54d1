"""The commands that are compared: each does all lines of a file, from its start to its end."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
OURS = ("pool", "queue", "shared-memory")
PEERS = ("ProcessPoolExecutor", "joblib", "mpire")
CHUNKS = {"noop": 5_000, "millisecond": 20}
"""Function → lines that peers give out at once; ours finds that out."""


class Task(NamedTuple):
    """What one command does.

    Attributes:
        function: in `work`.
        source: the input.
        output: where its lines go.
    """

    function: str
    source: Path
    output: Path


Command = Callable[[Task], Sequence[str]]


def ours(transport: str) -> Command:
    """Return what makes the command of `crossover run`."""
    words = (sys.executable, "-m", "crossover.cli.main", "run")
    options = ("-w", "2", "-q", "--force")

    def command(task: Task) -> Sequence[str]:
        files = ("-i", str(task.source), "-o", str(task.output))
        return (*words, f"{HERE / 'work.py'}:{task.function}", transport, *files, *options)

    return command


def by_hand(way: str, python: str) -> Command:
    """Return what makes the command of a program that is written by hand.

    Args:
        way: of the program.
        python: that has what it needs.
    """

    def command(task: Task) -> Sequence[str]:
        words = (python, str(HERE / "by_hand.py"), way, task.function, str(CHUNKS[task.function]))
        return (*words, str(task.source), str(task.output))

    return command


def gnu_parallel(task: Task) -> Sequence[str]:
    """Return the command of GNU parallel that gives many lines to each process: one each takes a process per line."""
    lines = max(1, sum(1 for _ in task.source.open("rb")) // 4)
    inner = f"{sys.executable} {HERE / 'work.py'} {task.function}"
    return ("sh", "-c", f"parallel --pipe -j2 -N{lines} '{inner}' < {task.source} > {task.output}")


def sides(python: str) -> tuple[dict[str, Command], list[str]]:
    """Return name → what makes its command, and what is not installed.

    Args:
        python: of an environment with the peers.
    """
    found = {f"run {name}": ours(name) for name in OURS}
    absent = [] if shutil.which("parallel") else ["GNU parallel"]
    if not absent:
        found["GNU parallel"] = gnu_parallel
    for name in PEERS:
        if _has(python, name):
            found[name] = by_hand(name, python)
        else:
            absent.append(name)
    return found, absent


def _has(python: str, name: str) -> bool:
    module = "concurrent.futures" if name == "ProcessPoolExecutor" else name
    return not subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False).returncode
