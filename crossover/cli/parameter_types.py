"""The types of option values: what is read, and the error message that says what is allowed."""

from __future__ import annotations

import math
import re
from typing import Any

import click

from crossover.experiments.comparison.planning.request import AUTO
from crossover.jobs.runner.limits.halt import Halt
from crossover.jobs.runner.limits.time_limit import TaskTimeout
from crossover.report.formats.places import Place, place

WHOLE_NUMBER = re.compile(r"[0-9]+|[0-9]{1,3}([_,][0-9]{3})+")
BINARY_PREFIXES = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}
LOWEST_RATE, HIGHEST_RATE = 0.1, 10_000_000.0  # tasks per second
DEFAULT_THRESHOLD = "10%"
UNIT_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


class Count(click.ParamType[int]):
    """A whole number of 1 or more; 10_000 and 10,000 are read too."""

    name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number, or fail with what is allowed."""
        text = str(value)
        if not WHOLE_NUMBER.fullmatch(text) or not (count := int(re.sub("[_,]", "", text))):
            self.fail(f"{value!r} is not possible; allowed: a whole number, 1 or more", param, ctx)
        return count


class Workers(Count):
    """A number of workers; several are for another command."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number, or fail with what is allowed."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            several = "," in str(value) and ctx is not None
            hint = f"; crossover scale -w {value} tries several numbers" if several else ""
            self.fail(f"{error.message}{hint}", param, ctx)


class Seed(click.ParamType[int]):
    """A whole number of 0 or more."""

    name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number, or fail with what is allowed."""
        if not WHOLE_NUMBER.fullmatch(str(value)):
            self.fail(f"{value!r} is not possible; allowed: a whole number, 0 or more", param, ctx)
        return int(re.sub("[_,]", "", str(value)))


class Size(click.ParamType[int]):
    """A number of bytes: 0, 512, 1k, 64M."""

    name = "BYTES"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number of bytes, or fail with what is allowed."""
        found = re.fullmatch(r"(0|[1-9][0-9]*)\s*([kmg]?)(?:i?b)?", str(value).strip().lower())
        if found is None:
            self.fail(f"{value!r} is not possible; allowed: bytes, as in 0, 512, 64k, 16M", param, ctx)
        return int(found[1]) * BINARY_PREFIXES[found[2]]


class Delimiter(click.ParamType[str]):
    """What stands between two cells of a row: one character, or the word tab."""

    name = "CHARACTER"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the character, or fail with what is allowed."""
        found = "\t" if value in {"tab", "\\t"} else str(value)
        if len(found) != 1 or found in '"\r\n\0' or found.isalnum():
            self.fail(f"{value!r} is not possible; allowed: one character, as in ';', or tab", param, ctx)
        return found


class Several(click.ParamType[tuple[Any, ...]]):
    """Several values of another type, separated by commas, none of them twice.

    Args:
        kind: the type of each value.
    """

    def __init__(self, kind: click.ParamType[Any]) -> None:
        self._kind = kind
        self.name = f"{kind.name}[,{kind.name}...]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Any, ...]:
        """Return the values, or fail with what is allowed."""
        if isinstance(value, tuple):
            return value
        found = tuple(self._kind.convert(word.strip(), param, ctx) for word in str(value).split(","))
        if len(set(found)) < len(found):
            self.fail(f"{value!r} has the same value twice; allowed: each value once", param, ctx)
        return found


class OrAuto(click.ParamType[Any]):
    """Another type, or the word auto, which gives AUTO.

    Args:
        kind: the other type.
    """

    def __init__(self, kind: click.ParamType[Any]) -> None:
        self._kind = kind
        self.name = f"{kind.name}|auto"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return AUTO or the value, or fail with what is allowed."""
        if str(value).strip().lower() == AUTO:
            return AUTO
        try:
            return self._kind.convert(value, param, ctx)
        except click.BadParameter as error:
            self.fail(f"{error.message}; or {AUTO}", param, ctx)


class Duration(click.ParamType[float]):
    """A time in seconds: 30s, 5m, 1h; a bare number is seconds."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the seconds, or fail with what is allowed."""
        found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([smh]?)", str(value).strip().lower())
        if found is None or not float(found[1]):
            self.fail(f"{value!r} is not possible; allowed: a time, as in 30s, 5m, 1h", param, ctx)
        return float(found[1]) * UNIT_SECONDS[found[2]]


class LineTimeout(Duration):
    """A time in seconds, or a percentage of the median: 30s, 5m, 300%."""

    name = "TIME|PERCENT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> TaskTimeout:  # type: ignore[override]  # it is either
        """Return the time, or fail with what is allowed."""
        if isinstance(value, TaskTimeout):
            return value
        if not str(value).endswith("%"):
            return TaskTimeout(seconds=super().convert(value, param, ctx))
        if (percent := read_percent(value)) is None or percent <= 100:  # noqa: PLR2004
            self.fail(f"{value!r} is not possible; allowed: a percentage above 100%, as in 300%", param, ctx)
        return TaskTimeout(percent=percent)


class HaltAt(Count):
    """How much may fail: a number of lines, or a percentage."""

    name = "N|PERCENT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Halt:  # type: ignore[override]  # it is either
        """Return when to stop, or fail with what is allowed."""
        if isinstance(value, Halt):
            return value
        if not str(value).endswith("%"):
            return Halt(lines=super().convert(value, param, ctx))
        if (percent := read_percent(value)) is None or not 0 < percent <= 100:  # noqa: PLR2004
            self.fail(f"{value!r} is not possible; allowed: a percentage of 100% or less, as in 10%", param, ctx)
        return Halt(percent=percent)


def read_percent(value: Any) -> float | None:
    """Return a percentage; None: it is none."""
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)%", str(value).strip())
    return float(found[1]) if found else None


class Destination(click.ParamType[Place]):
    """A place that a result is written to, as it is named when the command starts."""

    name = "FILE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        """Return the place."""
        return value if isinstance(value, Place) else place(str(value))


class Rate(click.ParamType[float]):
    """Tasks per second: 1000, 2.5, 20_000."""

    name = "TASKS_PER_S"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return tasks per second, or fail with what is allowed."""
        text = str(value).replace("_", "").replace(",", "").strip().lower()
        try:
            rate = float(text)
        except ValueError:
            rate = math.nan
        if not LOWEST_RATE <= rate <= HIGHEST_RATE:
            allowed = f"tasks per second, {LOWEST_RATE} to {HIGHEST_RATE:,.0f}"
            self.fail(f"{value!r} is not possible; allowed: {allowed}", param, ctx)
        return rate


class Fraction(click.ParamType[float]):
    """A fraction: 10% or 0.1."""

    name = "FRACTION"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the fraction, or fail with what is allowed."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"([0-9]*\.?[0-9]+)\s*(%?)", str(value).strip(), re.ASCII)
        fraction = float(found[1]) / (100 if found[2] else 1) if found else math.nan
        if not 0 <= fraction < 1:
            self.fail(f"{value!r} is not possible; allowed: a fraction, as in 10% or 0.1, below 100%", param, ctx)
        return fraction
