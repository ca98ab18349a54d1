"""The shape of a scaling curve: whether more workers would still do more."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from crossover.results.conclusions.findings import ScalePoint

CLOSE_TO_BEST = 0.95  # of the best throughput: as good, with fewer workers


class Shape(StrEnum):
    """What a curve does at its end."""

    RISING = "rising"
    FLAT = "flat"
    FALLING = "falling"
    UNKNOWN = "unknown"  # of one number of workers only


class Curve(NamedTuple):
    """What is known of one transport with several numbers of workers.

    Attributes:
        points: sound ones, the fewest workers first.
        enough: the fewest workers whose throughput is within 5% of the best.
        shape: what the curve does at its end.
        linear: throughput of each worker of the last point, as a part of that of each worker of the first.
    """

    points: Sequence[ScalePoint]
    enough: ScalePoint
    shape: Shape
    linear: float

    @property
    def last(self) -> ScalePoint:
        """The point with the most workers."""
        return self.points[-1]


def curve_of(points: Sequence[ScalePoint], transport: str) -> Curve | None:
    """Return the curve of a transport; None where no number of workers gave a sound figure.

    Args:
        points: of any transports.
        transport: its label.
    """
    own = sorted(
        (one for one in points if one.transport == transport and not one.damage and one.throughput),
        key=lambda one: one.workers,
    )
    if not own:
        return None
    best = max(one.throughput for one in own)
    enough = fewest_that_do(own)
    first, last = own[0], own[-1]
    linear = last.throughput / last.workers / (first.throughput / first.workers)
    return Curve(own, enough, _shape(own, enough, best), linear)


def fewest_that_do(points: Sequence[ScalePoint]) -> ScalePoint:
    """Return the point with the fewest workers of those whose throughput is close to the best.

    Args:
        points: of one transport, at least one.
    """
    least = CLOSE_TO_BEST * max(one.throughput for one in points)
    return min((one for one in points if one.throughput >= least), key=lambda one: one.workers)


def _shape(points: Sequence[ScalePoint], enough: ScalePoint, best: float) -> Shape:
    last = points[-1]
    if len(points) == 1:
        return Shape.UNKNOWN
    if enough is last:
        return Shape.RISING
    return Shape.FALLING if last.throughput < CLOSE_TO_BEST * best else Shape.FLAT
