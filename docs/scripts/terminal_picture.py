"""Draw what a command prints in a terminal, as SVG, from a result in docs/results."""

from __future__ import annotations

import io
import re

from output_blocks import ROOT, report
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

COLUMNS = 88
RESULT, LAST = "compare.json", "Latency"  # the sections before this one are drawn
PICTURE = ROOT / "docs" / "pictures" / "terminal" / "compare.svg"


def picture() -> str:
    """Return the picture; it refers to no font or file on another host."""
    text = report(RESULT, COLUMNS, colours=True)
    shown = re.split(rf"\n(?=(?:\x1b\[[\d;]*m)*{LAST}\b)", text)[0]
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(f"$ crossover compare\n{shown.rstrip()}"))
    svg = console.export_svg(title="crossover compare", theme=MONOKAI)
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def main() -> None:
    """Write the picture."""
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(picture(), encoding="utf-8")


if __name__ == "__main__":
    main()
