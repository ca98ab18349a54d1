"""What the newest of many results is, compared with the band of the older ones, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from crossover.report.wording.differences.of_two import doubts as doubts_of_both
from crossover.report.wording.differences.of_two import failures, listed, no_failure
from crossover.report.wording.figures import coloured, figure, interval, percent, plural
from crossover.results.conclusions.difference import P99, CaseSeries, Change, Difference, PointRole

TITLE = "Each case over time"
CHANGES = {
    Change.SLOWER: "slower than its band",
    Change.FASTER: "faster than its band",
    Change.CLOSE: "within its band",
    Change.UNKNOWN: "no band",
}
EXPLAINED = (
    "The band is where older results expect the newest median (95%, all cases together); in brackets, as a part of its "
    "middle. Results before a change of level, and outliers, do not count."
)
MOST_NAMES, MOST_SLIGHT = 3, 5  # files, and differences, in one sentence


def headline(found: Difference) -> str:
    """Return what is compared, and the threshold."""
    return f"{found.base} → {found.new}: slower than their band by more than {percent(found.threshold)}?"


def change(one: CaseSeries) -> str:
    """Return where the newest is, and its band, compared with the middle of the band."""
    if one.slower is None or one.low is None or one.middle is None or one.high is None:
        return f"{one.missing} more needed" if one.missing else "no sound round"
    band = f"band {_signed(one.low / one.middle - 1)} to {_signed(one.high / one.middle - 1)}"
    if one.change is Change.CLOSE:
        return f"within ({band})"
    changed = one.slower if one.unit == P99 else -one.slower
    return f"{_signed(changed)} ({band})"


def _signed(part: float) -> str:
    return f"{100 * part:+.0f}%" if abs(part) >= 0.1 else f"{100 * part:+.1f}%"  # noqa: PLR2004 - coarser, where it is wide


def band(one: CaseSeries) -> str:
    """Return the ends of the band."""
    return "-" if one.low is None or one.high is None else interval(one.low, one.high, figure)


def counted(one: CaseSeries) -> int:
    """Return the number of older results that make the band."""
    return sum(1 for point in one.points if point.role is PointRole.COUNTED)


def verdict(found: Difference) -> Iterator[Text]:
    """Yield the verdict: first what sets the exit status, then the other cases."""
    yield from failures(found, found.series)
    judged = [one for one in found.series if one.beyond is not None]
    limit = percent(found.threshold)
    beyond = [one for one in judged if one.change is Change.SLOWER and (one.beyond or 0.0) > found.threshold]
    if beyond:
        yield coloured("bold red", f"Slower than the band by more than {limit}:", f"{listed(beyond)}.")
    elif judged:
        yield Text(f"No case is slower than its band by more than {limit}.")
    for kind in (Change.SLOWER, Change.FASTER, Change.CLOSE):
        if members := [one for one in judged if one.change is kind and one not in beyond]:
            heading = "Slower than the band, but by less" if kind is Change.SLOWER else CHANGES[kind].capitalize()
            yield Text(f"{heading}: {listed(members)}.")
    yield from _unknown(found)
    yield from no_failure(found, found.series)


def _unknown(found: Difference) -> Iterator[Text]:
    """Yield how many older results are still needed."""
    by_missing: dict[int, list[CaseSeries]] = {}
    for one in found.series:
        if one.missing:
            by_missing.setdefault(one.missing, []).append(one)
    for missing, members in sorted(by_missing.items()):
        have = sum(1 for point in members[0].points if point.role is not PointRole.NEWEST)
        needed = f"a band needs {have + missing} older results of the same kind, and there {_are(have)}"
        yield coloured("yellow", "Nothing can be said yet:", f"{needed}; {missing} more: {listed(members)}.")


def _are(count: int) -> str:
    return "is 1" if count == 1 else f"are {count or 'none'}"


def explained(found: Difference) -> Iterator[Text]:
    """Yield the sentences that explain the figures, and what does not count."""
    if any(one.middle is not None for one in found.series):
        yield Text(EXPLAINED)
    for one in found.series:
        counting = [point for point in one.points if point.role is PointRole.COUNTED]
        if one.shift is not None and counting:
            how = f"{percent(abs(one.shift))} {'slower' if one.shift > 0 else 'faster'} than the one before"
            since = f"{_day(counting[0].started_at)} ({counting[0].result})"
            yield Text(f"{one.case}: another level since {since}, {how}.")
        outliers = [point.result for point in one.points if point.role is PointRole.OUTLIER]
        if outliers:
            yield Text(f"{one.case}: {plural(len(outliers), 'outlier')}: {named(outliers)}.")


def _day(started_at: str) -> str:
    return started_at.partition("T")[0]


def doubts(found: Difference) -> Iterator[Text]:
    """Yield warnings, differences of the setups, what was left out, and the cases that only some results have."""
    slight: dict[str, int] = {}
    for one in found.older or ():
        for words in one.slight:
            slight[words] = slight.get(words, 0) + 1
    yield from doubts_of_both(found)
    if slight:
        told = [f"{words} ({plural(count, 'result')})" for words, count in list(slight.items())[-MOST_SLIGHT:]]
        more = [f"and {len(slight) - MOST_SLIGHT:,} more"] if len(slight) > MOST_SLIGHT else []
        yield Text(f"Slightly different: {'; '.join([*told, *more])}.")
    for words in reasons(found.left_out):
        yield coloured("yellow", "left out:", f"{words}.")


def reasons(left_out: Mapping[str, str], most: int | None = None) -> list[str]:
    """Return why results were left out, the most frequent reason first, with their names.

    Args:
        left_out: name of a result → the reason.
        most: reasons that are told.
    """
    by_reason: dict[str, list[str]] = {}
    for name, reason in left_out.items():
        by_reason.setdefault(reason, []).append(name)
    told = sorted(by_reason.items(), key=lambda one: -len(one[1]))
    more = [f"and {plural(len(told) - most, 'other reason')}"] if most is not None and len(told) > most else []
    return [*(f"{plural(len(names), 'result')} ({reason}): {named(names)}" for reason, names in told[:most]), *more]


def named(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    more = f" and {len(names) - MOST_NAMES:,} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more
