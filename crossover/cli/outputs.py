"""Where a result goes: files, charts and standard output, which is kept free of everything else."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.text import Text

from crossover.cli import streams
from crossover.cli.exit_status import write_message
from crossover.contract.errors import UsageError
from crossover.contract.text import readable
from crossover.report.descriptors import discard
from crossover.report.formats import files, places
from crossover.report.formats.catalogue import FORMATS, Changes, charts, refuse_charts, rendered, rendered_changes
from crossover.report.formats.csv_rows import difference_as_csv
from crossover.report.formats.markdown import as_markdown, host_line
from crossover.report.formats.places import Place
from crossover.report.formats.result_reader import cleaned
from crossover.report.terminal.console import PipeSafeConsole
from crossover.report.terminal.layout.grid import WIDTH
from crossover.report.terminal.render import render
from crossover.report.wording.warnings import server_warnings
from crossover.results.difference import Difference
from crossover.results.kinds import AnyResult, Measured
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
        return {name: where for name in FORMATS if (where := getattr(self, name)) is not None}

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


def show_result(result: AnyResult, outputs: Outputs) -> bool:
    """Write one result in every requested format, except a JSON file: that was saved after each run.

    Returns:
        whether all could be written; if not, a message has said why.
    """
    saved = outputs.json is not None and outputs.json.keeps
    return show_results({"": result}, outputs._replace(json=None) if saved else outputs)


def show_results(results: Mapping[str, AnyResult], outputs: Outputs, changes: Changes = ()) -> bool:
    """Write results in every requested format, and print them unless a format goes to standard output.

    Args:
        results: name → result; the names are shown if there are several.
        outputs: where each format is written.
        changes: how the other results differ from the first.

    Returns:
        whether all could be written; if not, a message has said why, and the others are written nevertheless.
    """
    results = {readable(name): cleaned(result) for name, result in results.items()}
    attempts = [partial(_write_as, name, where, results, changes) for name, where in outputs.places().items()]
    if not outputs.take_standard_output():
        attempts.insert(0, partial(print_result, partial(_print, results, changes, outputs.full)))
    if outputs.charts is not None:
        attempts.append(partial(_write_charts, results, changes, outputs.charts))
    written: list[bool] = []

    def note(attempt: Callable[[], bool]) -> None:
        written.append(attempt())

    with ExitStack() as each:  # one that raises an exception does not keep the others from being written
        for attempt in reversed(attempts):
            each.callback(note, attempt)
    return all(written)


def show_difference(found: Difference, newest: AnyResult, outputs: Outputs) -> bool:
    """Write a difference in every requested format, and print it unless a format goes to standard output.

    The page and the charts show the newest result, too.

    Args:
        found: what is different from older results.
        newest: the result that is compared.
        outputs: where each format is written.

    Returns:
        whether all could be written; if not, a message has said why.
    """
    shown, results = render(found), {found.new: cleaned(newest)}
    written = outputs.take_standard_output() or print_result(lambda console: console.print(shown))
    texts: dict[str, Callable[[], str]] = {
        "json": lambda: files.as_json(found),
        "csv": lambda: difference_as_csv(found),
        "markdown": lambda: as_markdown({found.new: (shown, host_line(newest))}),
        "html": lambda: FORMATS["html"](results, [found]),
    }
    for name, where in outputs.places().items():
        written &= write_format(texts[name](), where)
    if outputs.charts is not None:
        written &= _write_charts(results, [found], outputs.charts)
    return written


def write_server_warnings(result: Measured) -> None:
    """Say before the first run what is doubtful about the servers; the result says so, too."""
    for text in server_warnings(result):
        write_message(text.plain)


def write_format(text: str, where: Place) -> bool:
    """Write a result in one format; return whether it could be written, after a message if not."""
    try:
        if where.is_standard_output:
            streams.write_result(text)
        else:
            files.write(text, where)
    except OSError as error:
        return _complain(where, error)
    return True


def print_result(show: Callable[[Console], None]) -> bool:
    """Print what a terminal shows of a result, as far as it is read; return whether it could be written.

    Args:
        show: prints it on a console; a narrow terminal wraps lines, because figures must not be cut off.
    """
    if streams.is_closed():
        write_message("standard output is closed, so the result is not shown")
        return False
    console = PipeSafeConsole(file=streams.results())
    console.width = max(console.width, WIDTH)
    try:
        show(console)
        console.file.flush()
    except BrokenPipeError:  # the reader has seen enough: `crossover compare | head`
        discard(console.file)
    except OSError as error:
        discard(console.file)
        return _complain("standard output", error)
    return True


def _identity(where: Place) -> str:
    return str(where) if where.is_standard_output else os.path.realpath(where.path)


def _complain(where: Place | str, error: OSError) -> bool:
    write_message(f"{where} cannot be written: {error.strerror or error}")
    return False


def _write_as(name: str, where: Place, results: Mapping[str, AnyResult], changes: Changes) -> bool:
    return write_format(FORMATS[name](results, changes), where)


def _write_charts(results: Mapping[str, AnyResult], changes: Changes, folder: Place) -> bool:
    try:
        if not charts(results, changes, folder.path):
            write_message(f"no chart was written to {folder}: there is nothing to draw")
    except OSError as error:
        return _complain(folder, error)
    return True


def _print(results: Mapping[str, AnyResult], changes: Changes, full: bool, console: Console) -> None:  # noqa: FBT001 - bound by partial
    for difference in rendered_changes(changes).values():
        console.print(difference, "")
    for name, result in results.items():
        if len(results) > 1:
            console.print(Text(f"{name}:", style="bold underline"))
        console.print(rendered(result, full=full))
