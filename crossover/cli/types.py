"""What can be typed after an option, and what a wrong word is told."""

from __future__ import annotations

import math
import re
from typing import Any

import click

from crossover.experiments.request import AUTO

BINARY = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}
SLOWEST, QUICKEST = 0.1, 10_000_000.0  # tasks per second
USUAL_THRESHOLD = "10%"
SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


class Count(click.ParamType[int]):
    """A whole number of 1 or more; 10_000 and 10,000 are read too."""

    name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it."""
        text = str(value)
        if not re.fullmatch(r"[0-9]+|[0-9]{1,3}([_,][0-9]{3})+", text) or not (count := int(re.sub("[_,]", "", text))):
            self.fail(f"{value!r} is not possible; allowed: a whole number, 1 or more", param, ctx)
        return count


class Size(click.ParamType[int]):
    """A number of bytes: 0, 512, 1k, 64M."""

    name = "BYTES"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read it."""
        found = re.fullmatch(r"(0|[1-9][0-9]*)\s*([kmg]?)(?:i?b)?", str(value).strip().lower())
        if found is None:
            self.fail(f"{value!r} is not possible; allowed: bytes, as in 0, 512, 64k, 16M", param, ctx)
        return int(found[1]) * BINARY[found[2]]


class Several(click.ParamType[tuple[Any, ...]]):
    """Several of another type, with commas between them; none stands there twice.

    Args:
        kind: of each.
    """

    def __init__(self, kind: click.ParamType[Any]) -> None:
        self._kind = kind
        self.name = f"{kind.name},…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Any, ...]:
        """Read them."""
        if isinstance(value, tuple):
            return value
        found = tuple(self._kind.convert(word.strip(), param, ctx) for word in str(value).split(","))
        if len(set(found)) < len(found):
            self.fail(f"{value!r} names one of them twice", param, ctx)
        return found


class OrAuto(click.ParamType[Any]):
    """Another type, or the word auto, which is read as AUTO.

    Args:
        kind: the other type.
    """

    def __init__(self, kind: click.ParamType[Any]) -> None:
        self._kind = kind
        self.name = f"{kind.name}|auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read it."""
        if str(value).strip().lower() == AUTO:
            return AUTO
        try:
            return self._kind.convert(value, param, ctx)
        except click.BadParameter as error:
            self.fail(f"{error.message}; or {AUTO}", param, ctx)


class Duration(click.ParamType[float]):
    """A time: 30s, 5m, 1h; a bare number is seconds."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it."""
        found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([smh]?)", str(value).strip().lower())
        if found is None or not float(found[1]):
            self.fail(f"{value!r} is not possible; allowed: a time, as in 30s, 5m, 1h", param, ctx)
        return float(found[1]) * SECONDS[found[2]]


class Rate(click.ParamType[float]):
    """Tasks per second: 1000, 2.5, 20_000."""

    name = "TASKS_PER_S"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it."""
        text = str(value).replace("_", "").replace(",", "").strip().lower()
        try:
            rate = float(text)
        except ValueError:
            rate = math.nan
        if not SLOWEST <= rate <= QUICKEST:
            allowed = f"tasks per second, {SLOWEST} to {QUICKEST:,.0f}"
            self.fail(f"{value!r} is not possible; allowed: {allowed}", param, ctx)
        return rate


class Part(click.ParamType[float]):
    """A part: 10% or 0.1."""

    name = "PART"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read it."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"([0-9]*\.?[0-9]+)\s*(%?)", str(value).strip(), re.ASCII)
        part = float(found[1]) / (100 if found[2] else 1) if found else math.nan
        if not 0 <= part < 1:
            self.fail(f"{value!r} is not possible; allowed: a part, as in 10% or 0.1, less than 100%", param, ctx)
        return part
