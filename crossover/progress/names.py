"""Names in the columns of a block."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from crossover.contract.text import readable

NARROWEST, WIDEST = 8, 40  # columns of a bar
GAP = "  "


def cut(text: str, columns: int) -> str:
    """Return a name of this width; its middle is left out, since its end distinguishes it as often as its beginning."""
    if cell_len(text) <= columns:
        return set_cell_size(text, columns)
    end = max(0, columns - 1) // 2
    return set_cell_size(text, max(0, columns - 1 - end)) + "…" + text[len(text) - end :]


def clean(text: str) -> str:
    """Return a name on one line."""
    return readable(" ".join(text.split()))
