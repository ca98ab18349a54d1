"""What a person sees of shared counters in the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from crossover.contract.records import RULE_OF_THREE, End
from crossover.contract.share_records import Finding, ShareResult, ShareSummary
from crossover.report.words import BETWEEN, MOST_REASONS, WIDTH, bar, figure, plural, said, table

HEADINGS = ("state", "updates/s", "", "lost", "", "fair", "p50 µs", "p99 µs")
FAIR = 0.9  # of two workers, one had at least half as many updates as the other
BAR, NARROWEST_BAR, BAR_COLUMN = 10, 4, 2


def render(result: ShareResult) -> RenderableType:
    """Return a result's table, and under it in words what it says."""
    notes = [Text(), *conclusions(result), *troubles(result)]
    return Group(Text(headline(result), style="bold"), _table(result.summary), *notes)


def headline(result: ShareResult) -> str:
    """Return what was asked for."""
    plan = result.plan
    much = f"{plan.seconds:g} s a run" if plan.updates is None else f"{plan.updates:,} updates a run"
    return f"shared counters: {plural(plan.workers, 'worker')}, {plural(plan.rounds, 'round')}, {much}"


def _table(summary: Sequence[ShareSummary]) -> RenderableType:
    top = max((one.updates_per_second for one in summary), default=0.0)
    rows = [list(_row(one, top, NARROWEST_BAR)) for one in summary]
    widths = [max(map(len, column)) for column in zip(map(Text, HEADINGS), *rows, strict=True)]
    widths[BAR_COLUMN] = 0
    free = WIDTH - sum(widths) - BETWEEN * (len(widths) - 1)
    widths[BAR_COLUMN] = min(BAR, max(NARROWEST_BAR, free))
    widths[0] -= max(0, NARROWEST_BAR - free)
    return table(HEADINGS, [list(_row(one, top, widths[BAR_COLUMN])) for one in summary], widths, BAR_COLUMN)


def _row(one: ShareSummary, top: float, width: int) -> Iterator[Text]:
    bad = "bold red" if one.lost_updates else ""
    yield Text(one.state)
    yield Text(figure(one.updates_per_second))
    yield Text(bar(one.updates_per_second / top if top else 0.0, width), style="cyan")
    yield Text(f"{one.lost_updates:,}", style=bad)
    yield Text(f"{one.lost_updates / one.updates:.1%}" if one.lost_updates and one.updates else "", style=bad)
    yield Text(f"{one.fairness:.2f}")
    yield Text("-" if one.p50_us is None else figure(one.p50_us))
    yield Text("-" if one.p99_us is None else figure(one.p99_us))


def conclusions(result: ShareResult) -> Iterator[Text]:
    """Say who lost something, who did not, and what that costs."""
    yield from verdicts(result)
    yield from map(Text, [*_costs(result.summary), *_again(result.summary)])


def verdicts(result: ShareResult) -> Iterator[Text]:
    """Say who lost something, and who did not."""
    found = {kind: [one for one in result.summary if one.verdict is kind] for kind in Finding}
    for one in found[Finding.BROKEN_PROMISE]:
        yield said("bold red", f"{one.state} promises to lose nothing", f"({one.made_safe_by}), and did.")
    if lossy := found[Finding.LOST]:
        yield Text(f"Lost updates: {', '.join(f'{one.state} {_part(one)}' for one in lossy)}.")
    for one in found[Finding.NOTHING_SHARED]:
        yield Text(f"{one.state}: nothing is shared. Each process counted for itself; the producer's is still 0.")
    if kept := found[Finding.KEPT]:
        yield Text(f"Lost nothing: {', '.join(f'{one.state}{_by(one)}' for one in kept)}.{_bound(result, kept)}")


def troubles(result: ShareResult) -> Iterator[Text]:
    """Say what proves nothing, what went wrong, and what was not measured."""
    yield from _unproved(result.summary)
    for run in result.runs:
        if run.ending != End.FINISHED:
            yield said("red", f"{run.state}, round {run.round}:", run.ending)
    yield from _given_up(result)
    for skipped in result.skipped:
        yield Text(f"skipped: {skipped.state}: {skipped.reason}")


def _bound(result: ShareResult, kept: Sequence[ShareSummary]) -> str:
    """Say what nothing means: of the updates that others could have undone, fewer than so many were lost."""
    tried = min(sum(run.updates for run in result.runs if run.state == one.state and run.overlapped) for one in kept)
    if tried < 2 * RULE_OF_THREE:
        return ""
    return f" In {tried:,} updates or more: fewer than 1 in {tried // RULE_OF_THREE:,} at 95 % confidence."


def _part(one: ShareSummary) -> str:
    return f"{one.lost_updates / one.updates:.1%}"


def _by(one: ShareSummary) -> str:
    return f" ({one.made_safe_by})" if one.safe else " (this time; nothing makes it safe)"


def _costs(summary: Sequence[ShareSummary]) -> Iterator[str]:
    by_name = {one.state: one for one in summary}
    pairs = [(one, by_name[one.without]) for one in summary if one.factor is not None]
    if pairs:
        yield "What safety costs: updates/s, and the wall time that it adds to an update:"
    for one, other in pairs:
        if _overlap(one, other):
            yield f"  {one.state} not distinguishable from {other.state}"
        else:
            yield f"  {one.state} {one.factor:.2f} × {other.state}, {one.added_us:+.3g} µs"


def _overlap(one: ShareSummary, other: ShareSummary) -> bool:
    return one.ci95_low <= other.ci95_high and other.ci95_low <= one.ci95_high


def _again(summary: Sequence[ShareSummary]) -> Iterator[str]:
    if tried := [f"{one.state} {one.retries / one.updates:.2f}" for one in summary if one.retries and one.updates]:
        yield f"Tried again, because another was faster (times an update): {', '.join(tried)}."
    if unfair := [f"{one.state} {one.fairness:.2f}" for one in summary if one.fairness < FAIR]:
        yield f"Unequal shares of the workers (fairness; 1: all alike): {', '.join(unfair)}."


def _unproved(summary: Sequence[ShareSummary]) -> Iterator[Text]:
    for one in summary:
        if missed := one.rounds - one.overlapped:
            rounds = f"{missed} of {plural(one.rounds, 'round')} {'proves' if missed == 1 else 'prove'} nothing"
            yield said("yellow", f"{one.state}:", f"{rounds}: its workers did not really overlap.")


def _given_up(result: ShareResult) -> Iterator[Text]:
    reasons: Counter[str] = Counter()
    for run in result.runs:
        reasons.update({f"{run.state}: {reason}": count for reason, count in run.reasons.items()})
    for reason, count in reasons.most_common(MOST_REASONS):
        yield said("red", "given up:", f"{count:,} × {reason}")
