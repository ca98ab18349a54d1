"""A terminal's screen, as far as we write to it: enough to see what a person would see."""

import io
import re

from rich.console import Console

PART = re.compile(r"\x1b\[(\??[\d;]*)([A-Za-z])|[\r\n]|[^\x1b\r\n]+")


class Screen:
    """Lines that never scroll away; long ones are not wrapped.

    Attributes:
        lines: what stands there.
        cursor_is_visible: whether it is.
    """

    def __init__(self, text=""):
        self.lines, self.row, self.column = [""], 0, 0
        self.cursor_is_visible = True
        for part in PART.finditer(text):
            self._take(part[0], part[1], part[2])

    def _take(self, text, argument, letter):
        if letter:
            self._obey(argument, letter)
        elif text == "\r":
            self.column = 0
        elif text == "\n":
            self.row += 1
            self.lines += [""] * (self.row + 1 - len(self.lines))
        else:
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[: self.column] + text + line[self.column + len(text) :]
            self.column += len(text)

    def _obey(self, argument, letter):
        if letter == "A":
            self.row -= int(argument or 1)
            assert self.row >= 0, "above what it has written"
        elif letter == "J":
            del self.lines[self.row + 1 :]
            self.lines[self.row] = self.lines[self.row][: self.column]
        elif argument == "?25":
            self.cursor_is_visible = letter == "h"
        else:
            assert letter == "m", f"{argument}{letter} is not known here"


def printed(renderable, width=80):
    """Return what a console of this width prints."""
    console = Console(file=io.StringIO(), width=width)
    console.print(renderable)
    return console.file.getvalue()
