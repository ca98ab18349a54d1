"""The faces of a result: which one shows what to whom."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping, Sequence

from rich.console import RenderableType

from crossover.contract.errors import UsageError
from crossover.contract.safety_records import SafetyResult
from crossover.report import terminal
from crossover.report.csv_rows import as_csv
from crossover.report.files import as_json
from crossover.report.markdown import as_markdown, host_line
from crossover.report.reading import AnyResult

PAGE = "crossover.report.page"
NEEDED_BY_PAGE = (PAGE, "altair", "jinja2", "vl_convert")


def page(result: AnyResult) -> RenderableType | None:
    """Return what a person sees in the terminal; None where nothing was measured."""
    measured = result.runs or (isinstance(result, SafetyResult) and result.self_test)
    return terminal.render(result) if measured else None


def refuse_page() -> None:
    """Find out before a run, without importing any of it, whether pages can be made.

    Raises:
        UsageError: something is missing.
    """
    for module in NEEDED_BY_PAGE:
        if importlib.util.find_spec(module) is None:
            raise UsageError(f"--html needs {module}, which is not installed: pip install 'crossover[report]'")


def _json(results: Mapping[str, AnyResult]) -> str:
    if len(results) > 1:
        raise UsageError(f"--json writes one result, and there are {len(results)}: give it one")
    return "".join(map(as_json, results.values()))


def _csv(results: Mapping[str, AnyResult]) -> str:
    return as_csv(list(results.values()))


def _markdown(results: Mapping[str, AnyResult]) -> str:
    shown = {name: (page(result) or "Nothing was measured.", host_line(result)) for name, result in results.items()}
    return as_markdown(shown)


def _html(results: Mapping[str, AnyResult]) -> str:
    refuse_page()
    make: Callable[[Sequence[AnyResult]], str] = importlib.import_module(PAGE).page
    return make(list(results.values()))


FACES: Mapping[str, Callable[[Mapping[str, AnyResult]], str]] = {
    "json": _json,
    "csv": _csv,
    "markdown": _markdown,
    "html": _html,
}
"""Option → what it writes of results, by their names."""
