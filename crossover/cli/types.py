"""What can be typed after an option, and what a wrong word is told."""

from __future__ import annotations

import re
from typing import Any

import click

BINARY = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}
SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


class Count(click.ParamType[int]):
    """A whole number of 1 or more; 10_000 and 10,000 are read too."""

    name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it."""
        text = str(value).replace("_", "").replace(",", "")
        if not text.isascii() or not text.isdigit() or int(text) < 1:
            self.fail(f"{value!r} is not possible; allowed: a whole number, 1 or more", param, ctx)
        return int(text)


class Size(click.ParamType[int]):
    """A number of bytes: 0, 512, 1k, 64M."""

    name = "BYTES"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it."""
        found = re.fullmatch(r"([0-9]+)\s*([kmg]?)(?:i?b)?", str(value).strip().lower())
        if found is None:
            self.fail(f"{value!r} is not possible; allowed: bytes, as in 0, 512, 64k, 16M", param, ctx)
        return int(found[1]) * BINARY[found[2]]


class Duration(click.ParamType[float]):
    """A time: 30s, 5m, 1h; a bare number is seconds."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it."""
        found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([smh]?)", str(value).strip().lower())
        if found is None or not float(found[1]):
            self.fail(f"{value!r} is not possible; allowed: a time, as in 30s, 5m, 1h", param, ctx)
        return float(found[1]) * SECONDS[found[2]]


class Counts(click.ParamType[list[int]]):
    """Whole numbers of 1 or more, separated by commas, each once; sorted."""

    name = "N,N,..."

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> list[int]:
        """Read them."""
        words = [word.strip() for word in str(value).split(",")]
        for word in words:
            if not (number := word.replace("_", "")).isascii() or not number.isdigit() or int(number) < 1:
                allowed = "allowed: whole numbers, 1 or more, as in 1,2,4,8"
                self.fail(f"{word!r} is not possible in {value!r}; {allowed}", param, ctx)
        counts = [int(word.replace("_", "")) for word in words]
        if repeated := next((count for count in counts if counts.count(count) > 1), None):
            self.fail(f"{repeated:,} is there twice in {value!r}; each number once, -r measures it again", param, ctx)
        return sorted(counts)
