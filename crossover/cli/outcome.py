"""How a command that measures is carried out: interrupted in order, its results apart from what others print."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console, RenderableType

from crossover.contract.errors import UsageError
from crossover.contract.records import Record
from crossover.execution import interruption
from crossover.report import files

CHARTS = ("altair", "jinja2", "vl_convert")  # what a page is made with


def execute(measure: Callable[[], None]) -> bool:
    """Measure; return whether somebody interrupted it."""
    interruption.listen()
    try:
        with output_is_for_results():
            measure()
    except KeyboardInterrupt:
        return True
    return False


@dataclass(frozen=True)
class Outputs:
    """Where a result goes, besides standard output; "-" is standard output itself.

    Attributes:
        json: the result file.
        html: the page.
    """

    json: str | None = None
    html: str | None = None

    def check(self) -> None:
        """Find out before a run whether all can be written.

        Raises:
            UsageError: one cannot.
        """
        paths = [path for path in (self.json, self.html) if path is not None]
        if len({path if path == files.STANDARD_OUTPUT else str(Path(path).resolve()) for path in paths}) < len(paths):
            raise UsageError(f"--json and --html both name {paths[0]}; give them different files")
        if self.html is not None and (missing := [name for name in CHARTS if not find_spec(name)]):
            raise UsageError(f"--html needs {', '.join(missing)}: pip install 'crossover[report]'")
        for path in paths:
            files.check_writable(path)

    def show(self, result: Record, terminal: Callable[[], RenderableType | None]) -> None:
        """Write the page, and show a result on standard output: as what was asked for there, else for a terminal."""
        if self.html is not None:
            from crossover.report.page import page  # noqa: PLC0415 - imported on use: charts take half a second

            files.write(page([result]), self.html)
        if self.json == files.STANDARD_OUTPUT:
            files.write(files.as_json(result), self.json)
        elif self.html != files.STANDARD_OUTPUT and (rendered := terminal()) is not None:
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
