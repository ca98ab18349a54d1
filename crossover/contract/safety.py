"""Safety levels, and what a transport promises at each."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Safety(StrEnum):
    """How much is done against the loss of tasks."""

    FAST = "fast"  # at most once: no acknowledgement, nothing persistent
    DEFAULT = "default"  # the library as a user finds it
    SAFE = "safe"  # at least once: acknowledge after the work, confirm publishes, everything durable


class Delivery(StrEnum):
    """How often an accepted task may be run."""

    AT_MOST_ONCE = "at most once"
    WITH_A_GAP = "at least once with a gap"  # repeated until it is done, but at one point it can be lost
    AT_LEAST_ONCE = "at least once"


class Guarantee(msgspec.Struct, frozen=True):
    """What a transport promises at one safety level.

    Attributes:
        delivery: how often an accepted task may be run.
        ordered: tasks start in the order in which they were accepted, given one worker.
        survives_worker: no accepted task is lost when a worker dies.
        survives_broker: no accepted task is lost when the broker dies and is started again.
        crosses_machines: workers may be on other machines.
    """

    delivery: Delivery
    ordered: bool
    survives_worker: bool
    survives_broker: bool
    crosses_machines: bool

    @property
    def group(self) -> str:
        """The comparison group, as results store it: transports of different groups promise different things."""
        return f"{self.delivery}, {'across machines' if self.crosses_machines else 'inside one machine'}"


IN_MEMORY = Guarantee(
    Delivery.AT_MOST_ONCE, ordered=True, survives_worker=False, survives_broker=False, crosses_machines=False
)
"""What every local transport promises: tasks live in the memory of processes and die with them."""
