"""Where a result goes: files, charts and standard output, which is kept free of everything else."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

from crossover.cli.exit_status import write_message
from crossover.contract.errors import UsageError
from crossover.report.formats import files
from crossover.report.formats.catalogue import FORMATS, Changes, charts, refuse_charts, rendered, rendered_changes
from crossover.report.terminal.console import PipeSafeConsole
from crossover.report.terminal.layout.grid import WIDTH
from crossover.results.kinds import AnyResult
from crossover.workers import interruption

PICTURES = {".svg", ".png"}


class Outputs(NamedTuple):
    """Where each format of a result is written: a path, "-" for standard output, None for nowhere; charts: a folder."""

    json: str | None = None
    csv: str | None = None
    markdown: str | None = None
    html: str | None = None
    charts: str | None = None

    def paths(self) -> dict[str, str]:
        """Return format → path of the formats that were requested; charts are no single file."""
        return {name: path for name in FORMATS if (path := getattr(self, name)) is not None}

    def check(self) -> None:
        """Check before the runs that every format can be written.

        Raises:
            UsageError: one cannot be written, or two would be written to the same file.
        """
        taken: dict[str, str] = {}
        for name, path in self.paths().items():
            files.check_writable(path)
            target = path if path == files.STANDARD_OUTPUT else os.path.realpath(path)
            if target in taken:
                shown = "standard output" if path == files.STANDARD_OUTPUT else path
                raise UsageError(f"--{taken[target]} and --{name} would both be written to {shown}")
            taken[target] = name
        if self.charts is not None:
            files.check_folder(self.charts)
            self._check_charts(taken)
        for name in ("html", "charts"):
            if getattr(self, name) is not None:
                refuse_charts(name)

    def check_inputs(self, inputs: Sequence[str]) -> None:
        """Check that no input file would be replaced.

        Raises:
            UsageError: a format would be written to one of these files.
        """
        read = {os.path.realpath(path) for path in inputs if path != files.STANDARD_OUTPUT}
        for name, path in self.paths().items():
            if path != files.STANDARD_OUTPUT and os.path.realpath(path) in read:
                raise UsageError(f"--{name} would replace {path}, which is read")

    def _check_charts(self, taken: Mapping[str, str]) -> None:
        for target, name in taken.items():
            path = Path(target)
            if path.suffix in PICTURES and path.parent == Path(self.charts or "").resolve():
                raise UsageError(f"--{name} and --charts would both write {path.name} into {self.charts}")


def run_until_interrupted(measure: Callable[[], None]) -> bool:
    """Measure with standard output kept for the result; return whether Ctrl-C or SIGTERM ended it."""
    interruption.install_handlers()
    try:
        with stdout_for_results():
            measure()
    except KeyboardInterrupt:
        return True
    return interruption.requested()  # after the last look at it


def show_result(result: AnyResult, outputs: Outputs) -> None:
    """Write one result in every requested format, except the JSON file: that was saved after each run."""
    saved = outputs.json not in {None, files.STANDARD_OUTPUT}
    show_results({"": result}, outputs._replace(json=None) if saved else outputs)


def show_results(results: Mapping[str, AnyResult], outputs: Outputs, changes: Changes = ()) -> None:
    """Write results in every requested format, and print them unless a format goes to standard output.

    Args:
        results: name → result; the names are shown if there are several.
        outputs: where each format is written.
        changes: how the other results differ from the first.
    """
    try:
        if files.STANDARD_OUTPUT not in outputs.paths().values():
            _print(results, changes)
    finally:  # also if standard output was closed: the files are still wanted
        for name, path in outputs.paths().items():
            files.write(FORMATS[name](results, changes), path)
        if outputs.charts is not None and not charts(results, changes, outputs.charts):
            write_message(f"no chart was written to {outputs.charts}: there is nothing to draw")


def stdout_console() -> Console:
    """Return the console for standard output; a narrow terminal wraps lines, because figures must not be cut off."""
    console = PipeSafeConsole()
    console.width = max(console.width, WIDTH)
    return console


def _print(results: Mapping[str, AnyResult], changes: Changes) -> None:
    console = stdout_console()
    for difference in rendered_changes(changes).values():
        console.print(difference, "")
    for name, result in results.items():
        if len(results) > 1:
            console.print(Text(f"{name}:", style="bold underline"))
        console.print(rendered(result))


@contextmanager
def stdout_for_results() -> Iterator[None]:
    """Redirect standard output to standard error meanwhile, so that what a task prints cannot get into the result."""
    sys.stdout.flush()
    saved = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(saved, 1)
        os.close(saved)
