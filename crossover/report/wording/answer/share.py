"""Whether a shared counter is safe: the verdict."""

from __future__ import annotations

from collections.abc import Sequence

from crossover.report.wording.answer.verdict import next_command, shortened
from crossover.report.wording.figures import figure
from crossover.results.records import RULE_OF_THREE
from crossover.results.share import Finding, Reach, ShareResult, ShareSummary

LONGER = 10  # times as many updates, where workers hardly overlapped


def verdict(result: ShareResult) -> list[str]:
    """Return at most four sentences: what is not safe, what to use, what proves nothing, the next command."""
    found = {kind: [one for one in result.summary if one.verdict is kind] for kind in Finding}
    lossy = [*found[Finding.BROKEN_PROMISE], *found[Finding.LOST]]
    safe = sorted((one for one in found[Finding.KEPT] if one.safe), key=lambda one: -one.updates_per_second)
    lucky = [one for one in found[Finding.KEPT] if not one.safe]
    open_ = found[Finding.NOTHING_PROVED]
    bad = []
    if lossy:
        bad.append(f"Not safe, updates were lost: {', '.join(map(_loss, lossy))}. No error was raised.")
    if found[Finding.NOTHING_SHARED]:
        bad.append(f"Not shared at all: {_names(found[Finding.NOTHING_SHARED])}.")
    if lucky:
        bad.append(f"Lost nothing by chance, nothing makes it safe: {_names(lucky)}.")
    said = [" ".join(bad), _use(result, safe) if safe else ""]
    if open_:
        names = [one.state for one in open_]
        said.append(f"Not proven, workers hardly overlapped: {_names(open_)}.")
        said += next_command(["share", *names, "-n", str(LONGER * _updates(result, names))])
    return shortened([*filter(None, said)])


def _updates(result: ShareResult, states: Sequence[str]) -> int:
    return max((run.updates for run in result.runs if run.state in states), default=1)


def _use(result: ShareResult, safe: Sequence[ShareSummary]) -> str:
    """Return the fastest counter that is safe between threads, processes and machines, with a bound on losses."""
    best = {one.reach: one for one in reversed(safe)}  # the fastest of each
    chosen = [best[reach] for reach in (*Reach, None) if reach in best]
    tried = min(_overlapped(result, one.state) for one in chosen)
    bound = f" At 95%, fewer than 1 in {tried // RULE_OF_THREE:,} was lost." if tried >= 2 * RULE_OF_THREE else ""
    return f"Use {'; '.join(map(_used, chosen))}.{bound}"


def _overlapped(result: ShareResult, state: str) -> int:
    """Return how many updates were made where a loss could have happened."""
    return sum(run.updates for run in result.runs if run.state == state and run.overlapped)


def _used(one: ShareSummary) -> str:
    between = f" between {one.reach}" if one.reach else ""
    return f"{one.state}{between} (safe by {one.made_safe_by}, {figure(one.updates_per_second)} updates/s)"


def _loss(one: ShareSummary) -> str:
    return f"{one.state} {one.lost_updates / one.updates:.1%}" if one.updates else one.state


def _names(found: Sequence[ShareSummary]) -> str:
    return ", ".join(one.state for one in found)
