"""The random order within a round: the same seed gives the same order."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def in_random_order(items: Sequence[Item], seed: int, number: int, kind: Callable[[Item], object] = id) -> list[Item]:
    """Return the items in the order of a round.

    In the first round those of one kind keep their own order among each other: a small fleet is started before a large
    one, so that what it needs is known in time.

    Args:
        items: what is measured in each round.
        seed: of the plan.
        number: of the round, from 1.
        kind: returns of what kind an item is; without it each is of its own.
    """
    order = list(items)
    random.Random(f"{seed} {number}").shuffle(order)  # noqa: S311 - an order, no secret
    if number > 1:
        return order
    waiting: dict[object, list[Item]] = {}
    for item in reversed(items):
        waiting.setdefault(kind(item), []).append(item)
    return [waiting[kind(item)].pop() for item in order]
