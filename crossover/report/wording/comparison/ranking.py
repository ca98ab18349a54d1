"""Which transport of a comparison is the fastest, what is noise, what is not proven, and how many tasks were lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from crossover.derived.losses import fates
from crossover.derived.ratios import against, between, change
from crossover.derived.rounds import rounds_of
from crossover.report.wording.figures import NO_DIFFERENCE, figure, group_label, plural, too_few_rounds
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import Standing, Summary
from crossover.results.records import ENOUGH_ROUNDS, RULE_OF_THREE

MOST_NAMES = 4  # of what is not proven


def ranked(result: Result) -> bool:
    """Return whether there are enough transports and rounds to name the fastest."""
    return _several(result) and _rounds(result) >= ENOUGH_ROUNDS


def ranking(result: Result) -> Iterator[tuple[str, str]]:
    """Yield for each group two sentences: the fastest transport, and the slower ones."""
    if not_enough := unproven(result):
        yield not_enough, ""
    if not _several(result):
        return
    if not ranked(result):
        if not not_enough:
            yield too_few_rounds(_rounds(result)), ""
        return
    groups: dict[str, list[Summary]] = {}
    for summary in result.summary:
        groups.setdefault(summary.group, []).append(summary)
    for group, members in groups.items():
        known = [one for one in members if has_enough(result, one)]
        yield from _ranking(f"Fastest ({group_label(group)})" if len(groups) > 1 else "Fastest", known)
    few = [one for one in result.summary if not has_enough(result, one) and one.standing is not Standing.DAMAGED]
    if few:
        yield f"Too few rounds to tell: {', '.join(one.transport for one in few)}.", ""


def unproven(result: Result) -> str:
    """Return which transports are not proven to be anything, why, and what would do; "" if all are."""
    found = result.answer.not_proven if result.answer else None
    if found is None:
        return ""
    more = len(found.transports) - MOST_NAMES
    names = ", ".join(found.transports[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
    tasks = f"{'--backlog' if result.plan.backlog else '-n'} {found.tasks} " if found.tasks else ""
    return f"Not proven ({names}: {found.reason}): use {tasks}-r {max(found.rounds, 1)}."


def noise(result: Result) -> Iterator[str]:
    """Yield the noise floor: how far apart the figures of a transport are that was named twice."""
    if not ranked(result):
        return
    others = result.plan.compared_with.values() if result.plan.against else ()
    urls = {run.transport: (run.url, run.transport in others) for run in result.runs}  # others run another function
    for one, other in combinations(result.summary, 2):
        if urls[one.transport] == urls[other.transport] and one.throughput:
            apart = abs(other.throughput / one.throughput - 1)
            more = " More rounds show more (-r 9)." if Standing.SLOWER in {one.standing, other.standing} else ""
            yield (
                f"{one.transport} and {other.transport} are the same transport and differ by {apart:.1%}: noise.{more}"
            )


def no_loss(result: Result) -> Iterator[str]:
    """Yield the bound on the loss rate, if no task was lost; and how many tasks it says nothing about."""
    labels = dict.fromkeys(run.transport for run in result.runs)
    each = [fates(run.delivery for run in result.runs if run.transport == label) for label in labels]
    unknown = sum(one.unknown for one in each)
    fewest = min(each, key=lambda one: one.known, default=None)
    if fewest is not None and fewest.known >= 2 * RULE_OF_THREE and all(one.one_in for one in each):
        rate = f"fewer than 1 in {fewest.one_in:,} is lost while no process dies"
        yield f"No task was lost of {fewest.known:,} per transport: at 95% confidence, {rate}."
    if unknown:
        whether = "whether it is" if unknown == 1 else "whether they are"
        yield f"{plural(unknown, 'task')} had not come back when a run was ended: {whether} lost is unknown."


def versus_fastest(result: Result) -> list[str]:
    """Return for each transport how it compares with the fastest of its group; a dash if the rounds are too few."""
    best = {one.group: one for one in result.summary if one.standing is Standing.FASTEST}
    told = ranked(result)
    return [_versus(one, best.get(one.group) if told and has_enough(result, one) else None) for one in result.summary]


def _versus(one: Summary, fastest: Summary | None) -> str:
    if one.standing is Standing.DAMAGED:
        return str(Standing.DAMAGED)
    if one.standing is Standing.LIMITED:
        return f"{Standing.LIMITED} by {one.limit}"
    if one.standing is Standing.UNPROVEN:
        return str(Standing.UNPROVEN)
    if fastest is None:
        return "-"
    if one.standing is Standing.CLOSE:
        return NO_DIFFERENCE + (f" ({between(one.to_fastest)})" if one.to_fastest else "")
    return str(Standing.FASTEST) if one.standing is Standing.FASTEST else _against(one, fastest)


def _against(one: Summary, fastest: Summary) -> str:
    """Return by how much a transport is slower; without the interval where an older version recorded none."""
    if one.to_fastest is not None:
        return against(one.to_fastest)
    return change(one.throughput / fastest.throughput) if fastest.throughput else "-"


def _within(one: Summary) -> str:
    return one.transport + (f" ({between(one.to_fastest)})" if one.to_fastest else "")


def _several(result: Result) -> bool:
    return len(result.summary) > 1 and any(one.standing is Standing.FASTEST for one in result.summary)


def has_enough(result: Result, one: Summary) -> bool:
    """Return whether a transport has enough rounds to be compared with others."""
    return one.standing is Standing.SLOWER or len(rounds_of(result, one.transport)) >= ENOUGH_ROUNDS


def _rounds(result: Result) -> int:
    """Return how many rounds two sound transports have: one that could not go on takes nothing from the others."""
    sound = [one for one in result.summary if one.standing is not Standing.DAMAGED]
    most = sorted((len(rounds_of(result, one.transport)) for one in sound), reverse=True)
    return min(most[:2], default=0)


def _ranking(heading: str, members: Sequence[Summary]) -> Iterator[tuple[str, str]]:
    standing = {kind: [s for s in members if s.standing is kind] for kind in Standing}
    for fastest in standing[Standing.FASTEST]:
        close = ", ".join(map(_within, standing[Standing.CLOSE]))
        first = f"{heading}: {fastest.transport}, {figure(fastest.throughput)} tasks/s."
        slower = [f"{s.transport} {_against(s, fastest)}" for s in standing[Standing.SLOWER]]
        yield (
            first + (f" No significant difference from it: {close}." if close else ""),
            f"Slower than {fastest.transport}: {', '.join(slower)}." if slower else "",
        )
