"""How a command that measures is carried out: interrupted in order, its results apart from what others print."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

from crossover.cli.main import complain
from crossover.contract.errors import UsageError
from crossover.execution import interruption
from crossover.report.formats import files
from crossover.report.formats.catalogue import FORMATS, Changes, beside, charts, page, refuse_charts
from crossover.report.terminal.layout.console import PipeSafeConsole
from crossover.report.terminal.layout.tables import WIDTH
from crossover.results.kinds import AnyResult

PICTURES = {".svg", ".png"}


class Outputs(NamedTuple):
    """Where the faces of a result go; "-" is standard output, None nowhere; the charts go to a folder."""

    json: str | None = None
    csv: str | None = None
    markdown: str | None = None
    html: str | None = None
    charts: str | None = None

    def asked(self) -> dict[str, str]:
        """Return face → path, of those that were asked for and are one text."""
        return {face: path for face in FORMATS if (path := getattr(self, face)) is not None}

    def check(self) -> None:
        """Find out before a run, not after it, whether all can be written.

        Raises:
            UsageError: one cannot, or two would be written to the same place.
        """
        taken: dict[str, str] = {}
        for face, path in self.asked().items():
            files.check_writable(path)
            place = path if path == files.STANDARD_OUTPUT else os.path.realpath(path)
            if place in taken:
                where = "standard output" if path == files.STANDARD_OUTPUT else path
                raise UsageError(f"--{taken[place]} and --{face} would both be written to {where}")
            taken[place] = face
        if self.charts is not None:
            files.check_folder(self.charts)
            self._spare_charts(taken)
        for face in ("html", "charts"):
            if getattr(self, face) is not None:
                refuse_charts(face)

    def spare(self, inputs: Sequence[str]) -> None:
        """Refuse to replace what is read.

        Raises:
            UsageError: a face would be written to one of these files.
        """
        read = {os.path.realpath(path) for path in inputs if path != files.STANDARD_OUTPUT}
        for face, path in self.asked().items():
            if path != files.STANDARD_OUTPUT and os.path.realpath(path) in read:
                raise UsageError(f"--{face} would replace {path}, which is read")

    def _spare_charts(self, taken: Mapping[str, str]) -> None:
        for place, face in taken.items():
            path = Path(place)
            if path.suffix in PICTURES and path.parent == Path(self.charts or "").resolve():
                raise UsageError(f"--{face} and --charts would both write {path.name} into {self.charts}")


def execute(measure: Callable[[], None]) -> bool:
    """Measure; return whether somebody interrupted it."""
    interruption.install_handlers()
    try:
        with output_is_for_results():
            measure()
    except KeyboardInterrupt:
        return True
    return False


def show(result: AnyResult, outputs: Outputs) -> None:
    """Show what was measured, and write what a saver has not written already."""
    saved = outputs.json not in {None, files.STANDARD_OUTPUT}
    show_all({"": result}, outputs._replace(json=None) if saved else outputs)


def show_all(results: Mapping[str, AnyResult], outputs: Outputs, changes: Changes = ()) -> None:
    """Write results as was asked for, and show them on standard output where nothing else goes there.

    Args:
        results: by their names, which are shown where there are several.
        outputs: where to.
        changes: what is different from the first result.
    """
    try:
        if files.STANDARD_OUTPUT not in outputs.asked().values():
            _print(results, changes)
    finally:  # also where whoever read standard output has gone
        for face, path in outputs.asked().items():
            files.write(FORMATS[face](results, changes), path)
        if outputs.charts is not None and not charts(results, changes, outputs.charts):
            complain(f"nothing was written into {outputs.charts}: there is nothing to draw")


def on_terminal() -> Console:
    """Return what prints on standard output; a narrower terminal wraps lines, since figures must not be cut off."""
    console = PipeSafeConsole()
    console.width = max(console.width, WIDTH)
    return console


def _print(results: Mapping[str, AnyResult], changes: Changes) -> None:
    console = on_terminal()
    for difference in beside(changes).values():
        console.print(difference, "")
    for name, result in results.items():
        if len(results) > 1:
            console.print(Text(f"{name}:", style="bold underline"))
        console.print(page(result))


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
