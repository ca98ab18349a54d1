"""What the machine, its hypervisor and our control group did meanwhile."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, Self

import psutil

from crossover.workers.limits import cpu

HOT = (
    "devices/system/cpu/cpu*/thermal_throttle/*_throttle_count"  # in /sys; how often a core or a processor was too hot
)


BUSY, IDLE = ("user", "system", "nice", "irq", "softirq"), ("idle", "iowait")


class Machine(NamedTuple):
    """Counters of this machine since it was started, or what they have grown by.

    Attributes:
        cpu_seconds: that all processes and the kernel used, on the cores that this process may run on.
        idle_seconds: that these cores had nothing to do.
        stolen_seconds: CPU time that the hypervisor gave to other virtual machines, though we had work.
        throttled_seconds: CPU time that a quota of our control group kept us from using, though we had work.
        too_hot: how often a core was slowed down because it was too hot.
    """

    cpu_seconds: float
    idle_seconds: float
    stolen_seconds: float
    throttled_seconds: float
    too_hot: int

    @classmethod
    def now(cls) -> Self:
        """Read the counters; those that this kernel does not have are 0."""
        cores = _our_cores()
        return cls(
            cpu_seconds=_spent(cores, BUSY),
            idle_seconds=_spent(cores, IDLE),
            stolen_seconds=_spent(cores, ("steal",)),
            throttled_seconds=cpu.throttled_seconds(),
            too_hot=_too_hot(),
        )

    def since(self, before: Machine) -> Machine:
        """Return what the counters have grown by."""
        return Machine(
            self.cpu_seconds - before.cpu_seconds,
            self.idle_seconds - before.idle_seconds,
            self.stolen_seconds - before.stolen_seconds,
            self.throttled_seconds - before.throttled_seconds,
            self.too_hot - before.too_hot,
        )


def _our_cores() -> list[Any]:
    """Return the times of each core that this process may run on; of all where that is unknown."""
    times = psutil.cpu_times(percpu=True)
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(len(times)))
    seen = max(allowed) < len(times)  # a container may be shown its own cores only, counted from 0
    return [times[core] for core in allowed] if seen else times


def _spent(cores: Sequence[Any], kinds: Sequence[str]) -> float:
    return sum(float(getattr(core, kind, 0.0)) for core in cores for kind in kinds)


def _too_hot() -> int:
    found = 0
    for counter in Path("/sys").glob(HOT):
        with suppress(OSError, ValueError):
            found += int(counter.read_text(encoding="ascii"))
    return found
