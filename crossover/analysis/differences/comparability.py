"""Comparability: which host and settings of two results differ, and whether that changes their figures.

What is refused and what is noted stands in `rules`, and in a table of docs/method-differences.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from crossover.analysis.differences.rules import (
    ANY,
    BROKER,
    HOST,
    MEMORY_KEPT,
    NOT_COMPARED,
    PLAN,
    SERVER,
    WINDOW,
    Rule,
    of_package,
)
from crossover.analysis.verdict import damage
from crossover.results.claims import ClaimsPlan, ClaimsResult
from crossover.results.comparison import Result
from crossover.results.job import JobPlan, JobResult
from crossover.results.kinds import AnyResult
from crossover.results.records import End, Host, Plan
from crossover.results.safety import SafetyPlan
from crossover.results.share import SharePlan, ShareResult

AnyPlan = Plan | SafetyPlan | SharePlan | ClaimsPlan | JobPlan
NO_INTERPRETERS = ShareResult | ClaimsResult | JobResult
"""Results whose transports name no interpreter of their own."""
PRIVATE = "a private server"
NEIGHBOUR = 2  # windows are searched in powers of two


class _Pair(NamedTuple):
    """One setting of two results.

    Attributes:
        name: of the setting.
        base, new: its values.
        rule: whether a difference is slight.
    """

    name: str
    base: Any
    new: Any
    rule: Rule = ANY

    @property
    def words(self) -> str:
        """How it differs."""
        return f"{self.name}: {self.base}, now {self.new}"


def setup_differences(base: AnyResult, new: AnyResult) -> tuple[list[str], list[str]]:
    """Return in words how host, plan and computed values of two results differ: what changes figures, and the rest."""
    pairs = [*_hosts(base.host, new.host), *_interpreters(base, new), *_plans(base.plan, new.plan), *_values(base, new)]
    return _words(pairs, slight=False), _words(pairs, slight=True)


def host_differences(base: Host, new: Host) -> list[str]:
    """Return in words how two machines and their installed software differ, where that changes figures."""
    return _words(_hosts(base, new), slight=False)


def _words(pairs: Iterable[_Pair], *, slight: bool) -> list[str]:
    differing = (pair for pair in pairs if pair.base != pair.new and pair.rule is not NOT_COMPARED)
    return [pair.words for pair in differing if pair.rule.is_slight(pair.base, pair.new) is slight]


def _hosts(base: Host, new: Host) -> Iterator[_Pair]:
    for name in base.__struct_fields__:
        before, now = getattr(base, name), getattr(new, name)
        if name == "packages":
            yield from _packages(before, now)
        elif name == "brokers":  # one that only one result used says nothing
            yield from (_Pair(f"broker {one}", before[one], now[one], BROKER) for one in before if one in now)
        elif name != "memory_bytes" or abs(before - now) > MEMORY_KEPT * before:
            yield _Pair(name, before, now, HOST.get(name, ANY))


def _packages(base: Mapping[str, str], new: Mapping[str, str], where: str = "") -> Iterator[_Pair]:
    for name in dict.fromkeys([*base, *new]):
        yield _Pair(f"{name}{where}", base.get(name, "none"), new.get(name, "none"), of_package(name))


def _interpreters(base: AnyResult, new: AnyResult) -> Iterator[_Pair]:
    """Compare the interpreters that transports named, as that of the host; where they lie says the label."""
    if isinstance(base, NO_INTERPRETERS) or isinstance(new, NO_INTERPRETERS):
        return
    for label, before in base.interpreters.items():
        if (now := new.interpreters.get(label)) is not None:
            where = f" of {label}"
            for name in ("python", "gil", "start_method"):
                yield _Pair(f"{name}{where}", getattr(before, name), getattr(now, name), HOST[name])
            yield from _packages(before.packages, now.packages, where)


def _plans(base: AnyPlan, new: AnyPlan) -> Iterator[_Pair]:
    for name in base.__struct_fields__:
        if name not in {"servers", "windows"}:
            yield _Pair(name, getattr(base, name), getattr(new, name), PLAN.get(name, ANY))
    for label in base.labels:
        if label in new.labels:
            before, now = base.servers.get(label, PRIVATE), new.servers.get(label, PRIVATE)
            yield _Pair(f"server of {label}", before, now, SERVER)
            if isinstance(base, Plan) and isinstance(new, Plan) and base.window == new.window:
                yield _window(label, base, new)


def _window(label: str, base: Plan, new: Plan) -> _Pair:
    """Compare the windows of a transport: two searches may find neighbours on the same plateau."""
    before, now = base.window_of(label), new.window_of(label)
    searched = label in base.windows and label in new.windows
    alike = searched and max(before, now) <= NEIGHBOUR * min(before, now)
    return _Pair(f"window of {label}", before, now, NOT_COMPARED if alike else WINDOW if searched else ANY)


def _values(base: AnyResult, new: AnyResult) -> Iterator[_Pair]:
    """Report that undamaged runs gave other values: then the input or the function has changed."""
    before, now = _digests(base), _digests(new)
    if len(before) == len(now) == 1:  # if there are several, values depend on time or chance
        yield _Pair("value_digest", before.pop(), now.pop())


def _digests(result: AnyResult) -> set[str]:
    runs = result.runs if isinstance(result, Result) else []
    return {run.value_digest for run in runs if run.ending == End.FINISHED and not damage(run)}
