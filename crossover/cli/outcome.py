"""How a command that measures is carried out: interrupted in order, its results apart from what others print."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console, RenderableType

from crossover.contract.records import Record
from crossover.execution import interruption
from crossover.report import files


def execute(measure: Callable[[], None]) -> bool:
    """Measure; return whether somebody interrupted it."""
    interruption.listen()
    try:
        with output_is_for_results():
            measure()
    except KeyboardInterrupt:
        return True
    return False


def show(result: Record, page: Callable[[], RenderableType | None], json_path: str | None) -> None:
    """Show a result on standard output: as JSON where that was asked for, else as the page, where there is one."""
    if json_path == files.STANDARD_OUTPUT:
        files.write(files.as_json(result), json_path)
    elif (rendered := page()) is not None:
        Console().print(rendered)


@contextmanager
def output_is_for_results() -> Iterator[None]:
    """Let standard output be standard error for a while: what a function prints must not get into the results."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
