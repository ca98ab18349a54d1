"""Charts as files, made without a browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import vl_convert

from crossover.report.formats import files
from crossover.report.page.parts import Chart
from crossover.report.page.sections import sections
from crossover.results.conclusions.difference import Difference
from crossover.results.kinds import AnyResult

WIDTH = 720  # pixels
INK, PAPER = "#1b1f24", "#ffffff"
SCALE = 2  # pixels of a PNG for each of the chart


def write_charts(results: Mapping[str, AnyResult], changes: Sequence[Difference], folder: Path) -> list[Path]:
    """Write each chart as SVG and PNG; with several results their numbers come first (2-throughput.svg).

    Args:
        results: name → result, of any command that measures.
        changes: what is different from the first result (2-changes.svg).
        folder: must be there.

    Returns:
        the files.

    Raises:
        OSError: a file cannot be written.
    """
    written = []
    for number, (name, result) in enumerate(results.items(), start=1):
        first = f"{number}-" if len(results) > 1 else ""
        found = [section for one in changes if one.new == name for section in sections(one)]
        for section in (*found, *sections(result)):
            for chart in section.all_charts:
                written += _write(chart, folder / f"{first}{chart.name}")
    return written


def _write(chart: Chart, path: Path) -> list[Path]:
    svg = vl_convert.vegalite_to_svg(_alone(chart))
    picture, pixels = path.with_name(f"{path.name}.svg"), path.with_name(f"{path.name}.png")
    files.write_bytes(svg.encode(), picture)
    files.write_bytes(vl_convert.svg_to_png(svg, scale=SCALE), pixels)
    return [picture, pixels]


def _alone(chart: Chart) -> dict[str, Any]:
    """Return a specification for a picture that stands alone: a width, a title, ink on paper."""
    config = _inked(chart.spec["config"]) | {"background": PAPER}
    title = {"text": chart.table.caption, "anchor": "start", "color": INK, "fontWeight": "normal", "fontSize": 13}
    spec = {name: _inked(part) for name, part in chart.spec.items() if name not in {"config", "datasets", "data"}}
    kept = {name: chart.spec[name] for name in ("datasets", "data") if name in chart.spec}
    return spec | kept | {"width": WIDTH, "title": title, "config": config}


def _inked(part: Any) -> Any:
    """Return a part with a colour instead of that of the text around it: around a picture there is none."""
    if isinstance(part, dict):
        return {name: _inked(value) for name, value in part.items()}
    if isinstance(part, list):
        return [_inked(value) for value in part]
    return INK if part == "currentColor" else part
