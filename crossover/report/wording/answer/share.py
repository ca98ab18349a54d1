"""Whether a shared counter is safe: the verdict."""

from __future__ import annotations

from collections.abc import Sequence

from crossover.report.wording.answer.verdict import next_command, shortened
from crossover.report.wording.figures import figure
from crossover.results.records import RULE_OF_THREE
from crossover.results.share import Finding, ShareResult, ShareSummary

LONGER = 10  # times as many updates, where workers hardly overlapped


def verdict(result: ShareResult) -> list[str]:
    """Return at most four sentences: what is not safe, what to use, what proves nothing, the next command."""
    found = {kind: [one for one in result.summary if one.verdict is kind] for kind in Finding}
    lossy = [*found[Finding.BROKEN_PROMISE], *found[Finding.LOST]]
    safe = sorted((one for one in found[Finding.KEPT] if one.safe), key=lambda one: -one.updates_per_second)
    lucky = [one for one in found[Finding.KEPT] if not one.safe]
    open_ = found[Finding.NOTHING_PROVED]
    said = []
    if lossy:
        said.append(f"Not safe, updates were lost: {', '.join(map(_loss, lossy))}. No error was raised.")
    if found[Finding.NOTHING_SHARED]:
        said.append(f"Not shared at all: {_names(found[Finding.NOTHING_SHARED])}.")
    if safe:
        said.append(_use(result, safe))
    if lucky:
        said.append(f"Lost nothing by chance, nothing makes it safe: {_names(lucky)}.")
    if open_:
        said.append(f"Not proven, workers hardly overlapped: {_names(open_)}.")
        names = [one.state for one in open_]
        said += next_command(["share", *names, "-n", str(LONGER * _updates(result))])
    return shortened(said)


def _updates(result: ShareResult) -> int:
    return max((run.updates for run in result.runs), default=1)


def _use(result: ShareResult, safe: Sequence[ShareSummary]) -> str:
    """Return the fastest counter that is safe, with the bound on its loss rate."""
    best = safe[0]
    tried = sum(run.updates for run in result.runs if run.state == best.state and run.overlapped)
    bound = f", fewer than 1 in {tried // RULE_OF_THREE:,} lost at 95%" if tried >= 2 * RULE_OF_THREE else ""
    others = f" Also safe: {_names(safe[1:])}." if len(safe) > 1 else ""
    return (
        f"Use {best.state}: safe by {best.made_safe_by} ({figure(best.updates_per_second)} updates/s{bound}).{others}"
    )


def _loss(one: ShareSummary) -> str:
    return f"{one.state} {one.lost_updates / one.updates:.1%}" if one.updates else one.state


def _names(found: Sequence[ShareSummary]) -> str:
    return ", ".join(one.state for one in found)
