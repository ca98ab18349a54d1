"""Draw the layers of the house, and the way of a batch through it.

The layers are those that import-linter enforces (pyproject.toml), each with the first sentence of its package's
docstring. The way of a batch is the table in docs/architecture.md.
"""

from __future__ import annotations

import ast
import itertools
import re
import tomllib
from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from output_blocks import ROOT

PICTURES = ROOT / "docs" / "pictures" / "architecture"
STYLE = """<style>
  text { font: 14px system-ui, sans-serif; fill: #1f2328 }
  .name { font: 600 14px ui-monospace, monospace }
  .package { font: 12px ui-monospace, monospace }
  .module { font: 600 12px ui-monospace, monospace }
  .box { fill: #f6f8fa; stroke: #afb8c1 }
  .lane { fill: none; stroke: #d0d7de; stroke-dasharray: 4 4 }
  .way { fill: none; stroke: #0969da; stroke-width: 1.5; marker-end: url(#arrow) }
  marker path { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .box { fill: #161b22; stroke: #57606a }
    .lane { stroke: #424a53 }
    .way { stroke: #58a6ff }
    marker path { fill: #58a6ff }
  }
</style>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
<path d="M0 0 8 4 0 8z"/></marker></defs>
"""
STEP = re.compile(r"^\| (?P<number>\d+) \| (?P<process>\w+) \| `(?P<module>[\w.]+)` \| (?P<what>.+?) \|$", re.MULTILINE)
LANES = ("command", "template", "producer", "worker")


class Step(NamedTuple):
    """One step of a batch's way.

    Attributes:
        number: its place, from 1.
        process: the lane it is drawn in.
        module: dotted name.
        what: what happens there.
    """

    number: int
    process: str
    module: str
    what: str


def layers() -> list[list[str]]:
    """Return the packages of each layer, top to bottom."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    layered = next(contract for contract in contracts if contract["type"] == "layers")
    return [[name.strip("() ") for name in re.split(r"[|:]", layer)] for layer in layered["layers"]]


def steps() -> list[Step]:
    """Return the way of a batch."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return [Step(int(step["number"]), step["process"], step["module"], step["what"]) for step in STEP.finditer(text)]


def layers_picture() -> str:
    """Return the picture of the layers."""
    width, height, gap = 820, 54, 12
    parts, top = [], gap
    for packages in layers():
        wide = (width - 2 * gap - (len(packages) - 1) * gap) / len(packages)
        for position, package in enumerate(packages):
            left = gap + position * (wide + gap)
            lines = _wrapped(_sentence(package), int(wide / 7.9))
            parts.append(_box(left, top, wide, height + 17 * (_most_lines(packages, wide) - 1)))
            parts.append(_text(left + 12, top + 22, package.replace(".", "/"), "name"))
            parts += [_text(left + 12, top + 42 + 17 * row, line) for row, line in enumerate(lines)]
        top += height + 17 * (_most_lines(packages, wide) - 1) + gap
    return _svg(width, top, parts)


def batch_picture() -> str:
    """Return the picture of a batch's way: a lane for each process, time from top to bottom."""
    way = steps()
    lane, height, gap, head = 256, 50, 14, 40
    width, bottom = lane * len(LANES) + gap, head + len(way) * (height + gap) + gap
    parts = []
    for position, name in enumerate(LANES):
        left = gap / 2 + position * lane
        parts.append(f'<rect class="lane" x="{left + 4:g}" y="4" width="{lane - 8}" height="{bottom - 8}" rx="8"/>')
        parts.append(_text(left + 16, 28, name, "name"))
    centres = []
    for row, step in enumerate(way):
        left = gap / 2 + LANES.index(step.process) * lane + 14
        top = head + row * (height + gap)
        centres.append((left, top))
        parts.append(_box(left, top, lane - 28, height))
        package, _, module = step.module.rpartition(".")
        parts.append(_text(left + 10, top + 21, f"{step.number}  {package}", "package", lane - 44))
        parts.append(_text(left + 10, top + 39, module, "module"))
    for (left, top), (to_left, to_top) in itertools.pairwise(centres):
        x, to_x, middle = left + lane / 2 - 14, to_left + lane / 2 - 14, top + height + gap / 2
        bend = "" if x == to_x else f"V{middle:g} H{to_x:g} "
        parts.append(f'<path class="way" d="M{x:g} {top + height:g} {bend}V{to_top:g}"/>')
    return _svg(width, bottom, parts)


def _sentence(package: str) -> str:
    source = (ROOT / package.replace(".", "/") / "__init__.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def _most_lines(packages: Sequence[str], wide: float) -> int:
    return max(len(list(_wrapped(_sentence(package), int(wide / 7.9)))) for package in packages)


def _wrapped(text: str, columns: int) -> Iterator[str]:
    line = ""
    for word in text.split():
        if line and len(line) + len(word) >= columns:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    yield line


def _box(left: float, top: float, width: float, height: float) -> str:
    return f'<rect class="box" x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" rx="6"/>'


def _text(left: float, top: float, text: str, kind: str = "", most: float | None = None) -> str:
    named = f' class="{kind}"' if kind else ""
    fitted = f' textLength="{most:g}" lengthAdjust="spacingAndGlyphs"' if most and len(text) * 7.4 > most else ""
    return f'<text{named} x="{left:g}" y="{top:g}"{fitted}>{escape(text)}</text>'


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    box = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    return f"<svg {box}>\n{STYLE}" + "\n".join(parts) + "\n</svg>\n"


PICTURES_DRAWN = {PICTURES / "layers.svg": layers_picture, PICTURES / "batch.svg": batch_picture}


def main() -> None:
    """Write both pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for path, draw in PICTURES_DRAWN.items():
        path.write_text(draw(), encoding="utf-8")


if __name__ == "__main__":
    main()
