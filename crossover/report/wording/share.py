"""Shared counters in words: which of them lost updates, and what it costs to lose none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from crossover.derived.ratios import between
from crossover.report.wording.figures import coloured, plural
from crossover.results.records import RULE_OF_THREE
from crossover.results.share import Finding, ShareResult, ShareSummary

FAIR = 0.9  # of two workers, one had at least half as many updates as the other
TITLE = "Shared counters"


def headline(result: ShareResult) -> str:
    """Return what was measured."""
    plan = result.plan
    much = f"{plan.seconds:g} s per run" if plan.updates is None else f"{plan.updates:,} updates per run"
    return f"shared counters: {plural(plan.workers, 'worker')}, {plural(plan.rounds, 'round')}, {much}"


def conclusions(result: ShareResult) -> Iterator[Text]:
    """Yield which counters lost updates, which did not, and what safety costs."""
    yield from verdicts(result)
    yield from map(Text, [*_costs(result.summary), *_again(result.summary)])


def broken_promises(result: ShareResult) -> Iterator[Text]:
    """Yield which counters lost updates although they are said to be safe: that is what went wrong."""
    for one in result.summary:
        if one.verdict is Finding.BROKEN_PROMISE:
            yield coloured("bold red", f"{one.state} lost updates,", f"although it should not ({one.made_safe_by}).")


def verdicts(result: ShareResult) -> Iterator[Text]:
    """Yield which counters lost updates, and which did not."""
    found = {kind: [one for one in result.summary if one.verdict is kind] for kind in Finding}
    yield from broken_promises(result)
    if lossy := found[Finding.LOST]:
        yield Text(f"Lost updates: {', '.join(f'{one.state} {_part(one)}' for one in lossy)}.")
    for one in found[Finding.NOTHING_SHARED]:
        yield Text(f"{one.state} is not shared: each process changed a copy, and the producer's is still 0.")
    if kept := found[Finding.KEPT]:
        yield Text(f"No update lost: {', '.join(f'{one.state}{_by(one)}' for one in kept)}.{_bound(result, kept)}")


def _bound(result: ShareResult, kept: Sequence[ShareSummary]) -> str:
    """Return the bound on the loss rate, from the updates that another worker could have undone."""
    tried = min(sum(run.updates for run in result.runs if run.state == one.state and run.overlapped) for one in kept)
    if tried < 2 * RULE_OF_THREE:
        return ""
    return f" With at least {tried:,} updates each: fewer than 1 in {tried // RULE_OF_THREE:,}, at 95% confidence."


def _part(one: ShareSummary) -> str:
    return f"{one.lost_updates / one.updates:.1%}"


def _by(one: ShareSummary) -> str:
    return f" ({one.made_safe_by})" if one.safe else " (by chance: nothing makes it safe)"


def _costs(summary: Sequence[ShareSummary]) -> Iterator[str]:
    by_name = {one.state: one for one in summary}
    pairs = [(one, by_name[one.without]) for one in summary if one.factor is not None]
    if pairs:
        yield "What safety costs, in updates/s and in time added per update:"
    for one, other in pairs:
        factor, added = f"  {one.state}: {one.factor:.2f} × {other.state}", f"{one.added_us:+.3g} µs"
        if one.ratio is None:
            yield f"{factor}, {added} (interval unknown)"
        elif one.ratio.differs:
            yield f"{factor} ({between(one.ratio)}), {added}"
        else:
            yield f"  {one.state}: no significant difference from {other.state} ({between(one.ratio)})"


def _again(summary: Sequence[ShareSummary]) -> Iterator[str]:
    if tried := [f"{one.state} {one.retries / one.updates:.2f}" for one in summary if one.retries and one.updates]:
        yield f"Retries per update, because another worker was first: {', '.join(tried)}."
    if unfair := [f"{one.state} {one.fairness:.2f}" for one in summary if one.fairness < FAIR]:
        yield f"Workers had unequal shares (fairness index; 1: equal): {', '.join(unfair)}."
