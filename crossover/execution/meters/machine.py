"""What the machine, its hypervisor and our control group did meanwhile."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

import psutil

from crossover.workers import limits

HOT = (
    "devices/system/cpu/cpu*/thermal_throttle/*_throttle_count"  # in /sys; how often a core or a processor was too hot
)


class Machine(NamedTuple):
    """Counters of this machine since it was started, or what they have grown by.

    Attributes:
        cpu_seconds: that all processes and the kernel used.
        stolen_seconds: CPU time that the hypervisor gave to other virtual machines, though we had work.
        throttled_seconds: CPU time that a quota of our control group kept us from using, though we had work.
        too_hot: how often a core was slowed down because it was too hot.
    """

    cpu_seconds: float
    stolen_seconds: float
    throttled_seconds: float
    too_hot: int

    @classmethod
    def now(cls) -> Self:
        """Read the counters; those that this kernel does not have are 0."""
        times = psutil.cpu_times()
        kinds = ("user", "system", "nice", "irq", "softirq")
        used = sum(float(getattr(times, kind, 0.0)) for kind in kinds)
        return cls(used, float(getattr(times, "steal", 0.0)), limits.throttled_seconds(), _too_hot())

    def since(self, before: Machine) -> Machine:
        """Return what the counters have grown by."""
        return Machine(
            self.cpu_seconds - before.cpu_seconds,
            self.stolen_seconds - before.stolen_seconds,
            self.throttled_seconds - before.throttled_seconds,
            self.too_hot - before.too_hot,
        )


def _too_hot() -> int:
    found = 0
    for counter in Path("/sys").glob(HOT):
        with suppress(OSError, ValueError):
            found += int(counter.read_text(encoding="ascii"))
    return found
