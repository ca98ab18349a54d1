"""A sentence that is wrapped by cells of the terminal: further lines are indented under its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions
from rich.text import Text

FURTHER = 2  # columns by which further lines are indented more than the first one
DEEPEST = 40  # columns; what stands deeper is no label
OPENING, CLOSING = "（《「『【“‘", "，。、；：！？）》」』】”’…％"  # no line ends, or begins, with one
WIDE = "\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60\uffe0-\uffe6"
UNIT = re.compile(rf"[{OPENING}]*(?:[{WIDE}]|[^\s{WIDE}]+)[{CLOSING}]*\s*|\s+|.")
"""What is never torn apart: a word, or a Chinese character, with the marks that belong to it."""
LABEL = re.compile(r" +\S+(?: \S+)*  +(?=\S)")
"""A label with at least two spaces after it: what follows is the text."""


@dataclass(frozen=True)
class Paragraph:
    """A sentence, or several lines of them.

    A line that begins with spaces has its further lines under its text: after its label, where it has one, else
    a little deeper than its beginning.

    Attributes:
        text: what is shown.
        indent: columns before it.
        hanging: whether further lines are indented, even if the first one is not.
    """

    text: Text
    indent: int = 0
    hanging: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        for line in self.text.split("\n", allow_blank=True):
            line.expand_tabs(8)
            plain = line.plain
            first = len(plain) - len(plain.lstrip(" ")) if plain.strip() else 0
            further = self.indent + (_under(plain, first) if first or self.hanging else 0)
            width = max(options.max_width, further + 2)  # a character is at most two cells wide
            cuts = _cuts(plain, first, width - self.indent, width - further)
            for number, part in enumerate(line.divide(cuts)):
                part.rstrip()
                part.pad_left(further if number else self.indent)
                part.no_wrap, part.overflow = True, "ignore"
                yield part


def _under(plain: str, first: int) -> int:
    """Return where the text of a line stands, in columns."""
    label = LABEL.match(plain) if first else None
    deep = cell_len(label[0]) if label else DEEPEST + 1
    return deep if deep <= DEEPEST else first + FURTHER


def _cuts(plain: str, first: int, room: int, later: int) -> list[int]:
    """Return where a line is cut, so that its first part fits into some cells, and each other one into others."""
    cuts, used = [], first
    for unit in UNIT.finditer(plain, first):
        width = cell_len(unit[0].rstrip())
        if used > first and used + width > room:
            cuts.append(unit.start())
            first, room, used = 0, later, 0
        if used + width <= room:
            used += cell_len(unit[0])
            continue
        for at, character in enumerate(unit[0], start=unit.start()):
            if used + cell_len(character) > room:
                cuts.append(at)
                first, room, used = 0, later, 0
            used += cell_len(character)
    return cuts
