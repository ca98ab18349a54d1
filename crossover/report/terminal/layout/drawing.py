"""Pictures made of characters. They show nothing that the figures do not say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

BAR = 12  # columns
EIGHTHS = " ▏▎▍▌▋▊▉"
LEVELS = "▁▂▃▄▅▆▇█"
ZERO, SPAN = "│", "─"


def bar(fraction: float, width: int = BAR) -> str:
    """Return a bar, exact to an eighth of a column.

    Args:
        fraction: 0 to 1.
        width: columns of a full bar.
    """
    eighths = round(fraction * width * 8)
    return ("█" * (eighths // 8) + EIGHTHS[eighths % 8]).rstrip()


def stacked(parts: Sequence[float], characters: Sequence[str], width: int) -> str:
    """Return a full bar of several kinds of characters, each for its share: every part ends where the sum so far does.

    Args:
        parts: of the bar.
        characters: that draw them, told apart without colour.
        width: columns of the bar.
    """
    drawn, total, whole = "", 0.0, sum(parts)
    for part, character in zip(parts, characters, strict=True):
        total += part
        drawn += character * (round(total / whole * width) - len(drawn) if whole else 0)
    return drawn


def line_of(values: Sequence[float]) -> str:
    """Return a small line: a character for each value, between nothing and the largest of them."""
    top = max(values, default=0.0) or 1.0
    return "".join(LEVELS[min(len(LEVELS) - 1, int(value / top * len(LEVELS)))] for value in values)


def line_between(values: Sequence[float], flat: float) -> str:
    """Return a small line: a character for each value, between the smallest and the largest of them.

    Args:
        values: to draw.
        flat: part of the largest value that the line shows at least, so that noise stays small.
    """
    if not values:
        return ""
    low, high = min(values), max(values)
    span = max(high - low, flat * high) or 1.0
    bottom = (low + high - span) / 2
    return "".join(LEVELS[min(len(LEVELS) - 1, int((value - bottom) / span * len(LEVELS)))] for value in values)


def on_axis(marks: Mapping[str, float], width: int, zero: float | None = None) -> str:
    """Return marks on an axis, and a line from the first to the last of them; of two in one place the later is seen.

    Args:
        marks: character → where it is, 0 to 1.
        width: columns of the axis.
        zero: where a line stands for nothing, 0 to 1.
    """
    places = {mark: round(min(1.0, max(0.0, place)) * (width - 1)) for mark, place in marks.items()}
    drawn = [" "] * width
    if places:
        first, last = min(places.values()), max(places.values())
        drawn[first : last + 1] = SPAN * (last + 1 - first)
    if zero is not None:
        drawn[round(zero * (width - 1))] = ZERO
    for mark, place in places.items():
        drawn[place] = mark
    return "".join(drawn).rstrip()
