"""Comparability: which host and settings of two results differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crossover.analysis.verdict import damage
from crossover.results.comparison import Result
from crossover.results.kinds import AnyResult
from crossover.results.records import End, Host, Plan
from crossover.results.safety import SafetyPlan
from crossover.results.share import SharePlan

MAY_DIFFER = {"command", "transports", "states", "rounds", "until_within", "check", "servers"}
"""Fields of a plan that may differ: they say how much was measured, not what; servers are compared one by one."""
AnyPlan = Plan | SafetyPlan | SharePlan
PRIVATE = "a private server"
MEMORY = 0.01  # fraction by which it may differ: the system keeps a little more or less of it after each start


def setup_differences(base: AnyResult, new: AnyResult) -> list[str]:
    """Return in words how host, plan and computed values of two results differ."""
    return [*host_differences(base.host, new.host), *_plans(base.plan, new.plan), *_values(base, new)]


def host_differences(base: Host, new: Host) -> Iterator[str]:
    """Return in words how two machines and their installed software differ."""
    for name in ("cpu", "cores", "all_cores", "kernel", "python", "gil", "start_method"):
        yield from _differs(name, getattr(base, name), getattr(new, name))
    if abs(base.memory_bytes - new.memory_bytes) > MEMORY * base.memory_bytes:
        yield from _differs("memory_bytes", base.memory_bytes, new.memory_bytes)
    for name in dict.fromkeys([*base.packages, *new.packages]):
        yield from _differs(name, base.packages.get(name, "none"), new.packages.get(name, "none"))
    for name in base.brokers:
        if name in new.brokers:  # a broker that only one result used says nothing
            yield from _differs(f"broker {name}", base.brokers[name], new.brokers[name])


def _plans(base: AnyPlan, new: AnyPlan) -> Iterator[str]:
    for name in base.__struct_fields__:
        if name not in MAY_DIFFER:
            yield from _differs(name, getattr(base, name), getattr(new, name))
    for label in base.labels:
        if label in new.labels:
            yield from _differs(f"server of {label}", base.servers.get(label, PRIVATE), new.servers.get(label, PRIVATE))


def _values(base: AnyResult, new: AnyResult) -> Iterator[str]:
    """Report that undamaged runs gave other values: then the input or the function has changed."""
    before, now = _digests(base), _digests(new)
    if len(before) == len(now) == 1:  # if there are several, values depend on time or chance
        yield from _differs("value_digest", before.pop(), now.pop())


def _digests(result: AnyResult) -> set[str]:
    runs = result.runs if isinstance(result, Result) else []
    return {run.value_digest for run in runs if run.ending == End.FINISHED and not damage(run)}


def _differs(name: str, base: Any, new: Any) -> Iterator[str]:
    if base != new:
        yield f"{name}: {base}, now {new}"
