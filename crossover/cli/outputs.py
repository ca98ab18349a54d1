"""Where a result goes: files, charts and standard output, which is kept free of everything else."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from crossover.cli import streams
from crossover.contract.errors import UsageError
from crossover.report.formats import places
from crossover.report.formats.places import Place, refuse_charts
from crossover.workers import interruption

PICTURES = {".svg", ".png"}


class Outputs(NamedTuple):
    """Where each format of a result is written; None for nowhere; charts: a folder; full: the terminal shows all."""

    json: Place | None = None
    csv: Place | None = None
    markdown: Place | None = None
    html: Place | None = None
    charts: Place | None = None
    full: bool = False

    def places(self) -> dict[str, Place]:
        """Return format → place of the formats that were requested; charts are no single file."""
        asked = self._asdict().items()
        return {name: where for name, where in asked if isinstance(where, Place) and name != "charts"}

    def take_standard_output(self) -> bool:
        """Return whether a format goes to standard output, so that nothing else may."""
        return any(where.is_standard_output for where in self.places().values())

    def check(self) -> None:
        """Check before the runs that every format can be written.

        Raises:
            UsageError: one cannot be written, or two would be written to the same file.
        """
        taken: dict[str, str] = {}
        for name, where in self.places().items():
            places.check_writable(where)
            if where.is_standard_output and streams.is_closed():
                raise UsageError(f"--{name} cannot be written: standard output is closed")
            if where.keeps and streams.leads_to(where.path):
                raise UsageError(f"--{name} and standard output would both be written to {where}")
            target = _identity(where)
            if target in taken:
                raise UsageError(f"--{taken[target]} and --{name} would both be written to {where}")
            if where.keeps or where.is_standard_output:
                taken[target] = name
        if self.charts is not None:
            places.check_folder(self.charts)
            self._check_charts(self.charts)
        for name in ("html", "charts"):
            if getattr(self, name) is not None:
                refuse_charts(name)

    def check_inputs(self, inputs: Sequence[str]) -> None:
        """Check that no input file would be replaced.

        Raises:
            UsageError: a format would be written to one of these files.
        """
        read = {os.path.realpath(path) for path in inputs if path != places.STANDARD_OUTPUT}
        for name, where in self.places().items():
            if where.keeps and _identity(where) in read:
                raise UsageError(f"--{name} would replace {where}, which is read")

    def _check_charts(self, folder: Place) -> None:
        for name, where in self.places().items():
            path = Path(os.path.realpath(where.path))
            if where.keeps and path.suffix in PICTURES and path.parent == Path(os.path.realpath(folder.path)):
                raise UsageError(f"--{name} and --charts would both write {path.name} into {folder}")


def run_until_interrupted(measure: Callable[[], None]) -> bool:
    """Measure with standard output kept for the result; return whether Ctrl-C or SIGTERM ended it."""
    interruption.install_handlers()
    try:
        with streams.stdout_for_results():
            measure()
    except KeyboardInterrupt:
        return True
    return False


def _identity(where: Place) -> str:
    return str(where) if where.is_standard_output else os.path.realpath(where.path)
