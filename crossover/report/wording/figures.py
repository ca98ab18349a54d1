"""The words and figures that every form of a report shares."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text

from crossover.contract.safety import Delivery
from crossover.contract.text import counted
from crossover.results.conclusions.findings import Standing

MOST_REASONS = 3
MIB = 2**20
UNDONE = {"lost": "lost", "dup.": "duplicated", "failed": "failed", "corr.": "corrupted"}
"""Heading of a column → the field of the verdict."""
NO_DIFFERENCE = "no difference"
"""Beyond noise, that is."""
TENTHS, WHOLE = 10, 100  # milliseconds from which on one decimal, and none, are shown

DELIVERIES = {
    Delivery.AT_MOST_ONCE: "at-most-once delivery",
    Delivery.WITH_A_GAP: "at-least-once delivery with a gap",
    Delivery.AT_LEAST_ONCE: "at-least-once delivery",
}
REACHES = {"inside one machine": "local", "across machines": "broker"}
GROUPS = {
    f"{stored}, {reach}": f"{delivery}, {label}"
    for stored, delivery in DELIVERIES.items()
    for reach, label in REACHES.items()
}
"""The group of transports that are compared with each other, as a result file stores it → as people read it."""


def group_label(stored: str) -> str:
    """Return the name of a group of transports, as people read it.

    Args:
        stored: `Guarantee.group`, as in a result file.
    """
    return GROUPS.get(stored, stored)


def coloured(style: str, heading: str, text: str) -> Text:
    """Return a sentence whose beginning has a colour."""
    return Text.assemble((heading, style), f" {text}")


def too_few_rounds(rounds: int) -> str:
    """Return the sentence that too few rounds cannot show a difference."""
    return f"{plural(rounds, 'round')} cannot tell a difference from noise. Use more rounds (-r 5)."


def standing_label(standing: Standing) -> str:
    """Return where a transport stands in its group, as people read it."""
    return NO_DIFFERENCE if standing is Standing.CLOSE else str(standing)


def figure(value: float) -> str:
    """Return a figure with three significant digits, and all digits from 100 on."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004


def percent(part: float) -> str:
    """Return a part as a percentage."""
    return f"{figure(100 * part)}%"


def duration(seconds: float) -> str:
    """Return a time in s, ms or µs."""
    for unit, per_second in (("s", 1), ("ms", 1e3)):
        if seconds * per_second >= 1:
            return f"{figure(seconds * per_second)} {unit}"
    return f"{figure(seconds * 1e6)} µs"


def plural(count: int, what: str) -> str:
    """Return a count and a noun."""
    return counted(count, what, f"{what}s")


def milliseconds(value: float) -> str:
    """Return a time in ms, to 0.01 ms."""
    return f"{value:,.0f}" if value >= WHOLE else f"{value:.1f}" if value >= TENTHS else f"{value:.2f}"


def or_dash(value: float | None, read: Callable[[float], str] = figure) -> str:
    """Return a figure, or a dash if it is not known."""
    return "-" if value is None else read(value)


def spread(middle: float, low: float, high: float) -> str:
    """Return half the width of an interval, as a percentage of the median."""
    return f"{half(middle, low, high):.1%}"


def half(middle: float, low: float, high: float) -> float:
    """Return half the width of an interval, as a part of the median."""
    return (high - low) / 2 / middle if middle else 0.0


def interval(low: float, high: float, read: Callable[[float], str] = figure) -> str:
    """Return an interval."""
    return f"{read(low)} to {read(high)}"


def failures(count: int, text: str | None = None) -> Text:
    """Return a count of failures, in red unless it is 0."""
    return Text(f"{count:,}" if text is None else text, style="bold red" if count else "")
