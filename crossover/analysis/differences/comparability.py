"""Comparability: which host and settings of two results differ, and whether that changes their figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from crossover.analysis.verdict import damage
from crossover.results.comparison import Result
from crossover.results.kinds import AnyResult
from crossover.results.records import End, Host, Plan
from crossover.results.safety import SafetyPlan
from crossover.results.share import SharePlan

MAY_DIFFER = {"command", "transports", "states", "rounds", "until_within", "check", "servers", "windows"}
"""Fields of a plan that may differ: they say how much was measured, not what; the last two are compared by label."""
AnyPlan = Plan | SafetyPlan | SharePlan
PRIVATE = "a private server"
MEMORY, MEMORY_OF_ANOTHER = 0.01, 0.1
"""Fractions: after each start the system keeps a little more or less memory; with more, it is another machine."""
PATCH = re.compile(r"\b(\d+\.\d+)\.[^\s,]+")  # a version: what follows its first two numbers changes no figures
NEIGHBOUR = 2  # windows are searched in powers of two
SHOWS = {"click", "psutil", "rich"}  # packages that only show what others have done
LOOPBACK = re.compile(r"(localhost|127\.0\.0\.1|\[?::1\]?):\d+")


class _Pair(NamedTuple):
    """One setting of two results.

    Attributes:
        name: of the setting.
        base, new: its values.
        slight: whether a difference is not expected to change figures.
    """

    name: str
    base: Any
    new: Any
    slight: bool = False

    @property
    def words(self) -> str:
        """How it differs."""
        return f"{self.name}: {self.base}, now {self.new}"


def setup_differences(base: AnyResult, new: AnyResult) -> tuple[list[str], list[str]]:
    """Return in words how host, plan and computed values of two results differ: what changes figures, and the rest."""
    pairs = [*_hosts(base.host, new.host), *_plans(base.plan, new.plan), *_values(base, new)]
    return _words(pairs, slight=False), _words(pairs, slight=True)


def host_differences(base: Host, new: Host) -> list[str]:
    """Return in words how two machines and their installed software differ, where that changes figures."""
    return _words(_hosts(base, new), slight=False)


def _words(pairs: Iterable[_Pair], *, slight: bool) -> list[str]:
    return [pair.words for pair in pairs if pair.base != pair.new and pair.slight is slight]


def _hosts(base: Host, new: Host) -> Iterator[_Pair]:
    for name in ("cpu", "cores", "all_cores", "gil", "start_method"):
        yield _Pair(name, getattr(base, name), getattr(new, name))
    for name in ("kernel", "python"):
        yield _version(name, getattr(base, name), getattr(new, name))
    other = abs(base.memory_bytes - new.memory_bytes) / max(1, base.memory_bytes)
    if other > MEMORY:
        yield _Pair("memory_bytes", base.memory_bytes, new.memory_bytes, slight=other <= MEMORY_OF_ANOTHER)
    for name in dict.fromkeys([*base.packages, *new.packages]):
        pair = _version(name, base.packages.get(name, "none"), new.packages.get(name, "none"))
        yield pair._replace(slight=pair.slight or name in SHOWS)
    for name in base.brokers:
        if name in new.brokers:  # a broker that only one result used says nothing
            yield _version(f"broker {name}", base.brokers[name], new.brokers[name])


def _version(name: str, base: str, new: str) -> _Pair:
    return _Pair(name, base, new, slight=PATCH.sub(r"\1", base) == PATCH.sub(r"\1", new))


def _plans(base: AnyPlan, new: AnyPlan) -> Iterator[_Pair]:
    for name in base.__struct_fields__:
        if name not in MAY_DIFFER:
            yield _Pair(name, getattr(base, name), getattr(new, name))
    for label in base.labels:
        if label in new.labels:
            before, now = base.servers.get(label, PRIVATE), new.servers.get(label, PRIVATE)
            local = LOOPBACK.fullmatch(before) and LOOPBACK.fullmatch(now)  # of containers, each time on another port
            yield _Pair(f"server of {label}", before, now, slight=bool(local))
            if isinstance(base, Plan) and isinstance(new, Plan):
                yield _window(label, base, new)


def _window(label: str, base: Plan, new: Plan) -> _Pair:
    """Compare the windows of a transport; searches find neighbours on the same plateau, which is no difference."""
    before, now = base.window_of(label), new.window_of(label)
    searched = label in base.windows and label in new.windows
    neighbours = searched and max(before, now) <= NEIGHBOUR * min(before, now)
    if neighbours or base.window != new.window:  # another window of the plan is reported as such
        now = before
    return _Pair(f"window of {label}", before, now, slight=searched)


def _values(base: AnyResult, new: AnyResult) -> Iterator[_Pair]:
    """Report that undamaged runs gave other values: then the input or the function has changed."""
    before, now = _digests(base), _digests(new)
    if len(before) == len(now) == 1:  # if there are several, values depend on time or chance
        yield _Pair("value_digest", before.pop(), now.pop())


def _digests(result: AnyResult) -> set[str]:
    runs = result.runs if isinstance(result, Result) else []
    return {run.value_digest for run in runs if run.ending == End.FINISHED and not damage(run)}
