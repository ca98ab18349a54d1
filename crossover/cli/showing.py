"""Shows results: in the terminal, and in every format that was requested."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial

from rich.console import Console
from rich.text import Text

from crossover.cli import streams
from crossover.cli.exit_status import write_message
from crossover.cli.outputs import Outputs
from crossover.contract.text import readable
from crossover.report.descriptors import discard
from crossover.report.formats import files
from crossover.report.formats.catalogue import FORMATS, Changes, charts, rendered, rendered_changes
from crossover.report.formats.places import Place
from crossover.report.formats.result_reader import cleaned
from crossover.report.terminal.console import PipeSafeConsole
from crossover.report.terminal.layout.grid import WIDTH
from crossover.report.wording.warnings import server_warnings
from crossover.results.kinds import AnyResult, Measured


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
        attempts.append(partial(write_charts, results, changes, outputs.charts))
    written: list[bool] = []

    def note(attempt: Callable[[], bool]) -> None:
        written.append(attempt())

    with ExitStack() as each:  # one that raises an exception does not keep the others from being written
        for attempt in reversed(attempts):
            each.callback(note, attempt)
    return all(written)


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


def _complain(where: Place | str, error: OSError) -> bool:
    write_message(f"{where} cannot be written: {error.strerror or error}")
    return False


def _write_as(name: str, where: Place, results: Mapping[str, AnyResult], changes: Changes) -> bool:
    return write_format(FORMATS[name](results, changes), where)


def write_charts(results: Mapping[str, AnyResult], changes: Changes, folder: Place) -> bool:
    """Write each chart into a folder; return whether it could be written, after a message if not."""
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
