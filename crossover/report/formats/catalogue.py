"""The forms of a report: terminal, JSON, CSV, Markdown, page, charts."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rich.console import RenderableType
from rich.text import Text

from crossover.report.formats.files import as_json
from crossover.report.formats.places import refuse_charts
from crossover.report.terminal.render import render
from crossover.report.topics.catalogue import outline
from crossover.results.conclusions.difference import Difference
from crossover.results.kinds import AnyResult

ROWS, MARKDOWN = "crossover.report.formats.csv_rows", "crossover.report.formats.markdown"
PAGE, PICTURES = "crossover.report.page.page", "crossover.report.page.chart_files"

Results = Mapping[str, AnyResult]
Changes = Sequence[Difference]


def rendered(result: AnyResult, *, full: bool = True) -> RenderableType:
    """Return what the terminal shows of a result: all of it, or what a person needs to act."""
    return render(result, full=full) if result.runs or outline(result).answer else Text("Nothing was measured.")


def rendered_changes(changes: Changes) -> dict[str, RenderableType]:
    """Return what the terminal shows of results against the first one, by a name for each pair."""
    return {f"{found.base} → {found.new}": render(found) for found in changes}


def charts(results: Results, changes: Changes, folder: Path) -> Sequence[Path]:
    """Write each chart into a folder, as SVG and PNG; return the files.

    Raises:
        UsageError: a library is missing.
        OSError: a file cannot be written.
    """
    refuse_charts("charts")
    write: Callable[[Results, Changes, Path], Sequence[Path]] = importlib.import_module(PICTURES).write_charts
    return write(results, changes, folder)


def _json(results: Results, _: Changes) -> str:
    (result,) = results.values()
    return as_json(result)


def _csv(results: Results, _: Changes) -> str:
    make: Callable[[Sequence[AnyResult]], str] = importlib.import_module(ROWS).as_csv
    return make(list(results.values()))


def _markdown(results: Results, changes: Changes) -> str:
    markdown = importlib.import_module(MARKDOWN)
    pairs = {name: (rendered, "") for name, rendered in rendered_changes(changes).items()}
    results_shown = {name: (rendered(result), markdown.host_line(result)) for name, result in results.items()}
    made: str = markdown.as_markdown(pairs | results_shown)
    return made


def _html(results: Results, changes: Changes) -> str:
    refuse_charts("html")
    make: Callable[[Results, Changes], str] = importlib.import_module(PAGE).page
    return make(results, changes)


FORMATS: Mapping[str, Callable[[Results, Changes], str]] = {
    "json": _json,
    "csv": _csv,
    "markdown": _markdown,
    "html": _html,
}
"""Option → what it writes of results, by their names, and of what is different from the first one."""
