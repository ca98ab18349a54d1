"""What stands on top of a page: the table that decides, when and where it was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import singledispatch

from crossover.derived.labels import workers_of
from crossover.report.topics.claims import verdict_cell
from crossover.report.topics.outline import Cell, Table
from crossover.report.wording.answer.overview import columns_of_wrong, overview_rows
from crossover.report.wording.claims.messages import Messages
from crossover.report.wording.differences.of_two import change
from crossover.report.wording.figures import figure, plural, spread
from crossover.report.wording.frame import Frame, frame
from crossover.results.claim_verdict import ClaimVerdict
from crossover.results.claims import ClaimsResult
from crossover.results.comparison import Result
from crossover.results.conclusions.difference import Difference
from crossover.results.conclusions.findings import Law
from crossover.results.kinds import AnyResult
from crossover.results.safety import SafetyResult
from crossover.results.share import ShareResult

GIB = 2**30
CAPTION = frame("en").glance
OF_SAFETY = {"L": "lost", "D": "duplicated", "H": "hung", "C": "corrupted"}
NOTHING = Cell("0", "good")


def when_and_where(result: AnyResult | Difference, language: str = "en") -> list[str]:
    """Return the date and the host of a result, the most telling first; nothing of a difference, which has several.

    Args:
        result: what is shown.
        language: of the date.
    """
    if isinstance(result, Difference):
        return []
    host, words = result.host, frame(language)
    memory = f"{figure(host.memory_bytes / GIB)} GiB"
    return [
        _date(result.started_at, words),
        f"{host.cpu}, {plural(host.cores, 'core')}, {memory}",
        host.kernel,
        host.python,
    ]


def _date(started: str, words: Frame) -> str:
    try:
        at = datetime.fromisoformat(started)
    except ValueError:  # another program may have written the file
        return started
    time = f"{at:%H:%M} {at.tzname() or ''}".strip()
    return words.date.format(day=at.day, month=f"{at:%B}", number=at.month, year=at.year, time=time)


@singledispatch
def glance(result: AnyResult | Difference) -> Table | None:
    """Return the table that decides; None where there is none that is short."""
    return None


@glance.register
def _(result: Result) -> Table | None:
    if result.laws:
        return _of_scale(result)
    if not result.summary or result.plan.rate is not None:
        return None
    found = overview_rows(result)
    wrong, several = columns_of_wrong(found), len({row.group for row in found}) > 1
    rows: list[list[object]] = []
    for row in found:
        one = row.one
        wide = spread(one.throughput, one.ci95_low, one.ci95_high) if row.rounds > 1 else "-"
        counts = [Cell(f"{row.wrong[what]:,}", "bad" if row.wrong[what] else "") for what in wrong]
        cells: list[object] = [
            row.label,
            workers_of(one),
            one.throughput,
            wide,
            row.versus,
            str(one.limit or "-"),
            *counts,
        ]
        rows.append([*cells, row.group] if several else cells)
    headings = ["transport", "workers", "tasks/s", "± 95%", "vs fastest", "limited by", *wrong]
    return Table(CAPTION, [*headings, "group"] if several else headings, rows)


def _of_scale(result: Result) -> Table:
    headings = ("transport", "one worker, tasks/s", "most, tasks/s", "with workers", "recommended", "limited by", "")
    return Table(CAPTION, headings, [row for law in result.laws if (row := _scaled(result, law))])


def _scaled(result: Result, law: Law) -> list[object]:
    points = [point for point in result.points if point.transport == law.transport]
    sound = [point for point in points if not point.damage]
    if not points:
        return []
    damage = "; ".join(dict.fromkeys(point.damage for point in points if point.damage))
    told = Cell(damage, "bad") if damage else ""
    if not sound:
        return [law.transport, None, None, None, None, None, told]
    one = next((point.throughput for point in sound if point.workers == 1), None)
    recommended = "still rising" if law.still_rising else law.recommended_workers or None
    best = max(sound, key=lambda point: point.throughput)
    return [law.transport, one, best.throughput, best.workers, recommended, best.limit or "-", told]


@glance.register
def _(result: ShareResult) -> Table | None:
    rows = [
        [one.state, one.updates_per_second, Cell(f"{one.lost_updates:,}", "bad") if one.lost_updates else NOTHING,
         one.made_safe_by or "-", str(one.verdict)]
        for one in result.summary
    ]  # fmt: skip
    return Table(CAPTION, ("state", "updates/s", "lost", "made safe by", "verdict"), rows) if rows else None


@glance.register
def _(result: SafetyResult) -> Table | None:
    """Return in how many fault runs of a transport and level tasks were lost, came twice, or it hung."""
    counts: dict[tuple[str, str], dict[str, int]] = {}
    for run in result.runs:
        if run.fault != "none":
            row = counts.setdefault((run.transport, run.safety), dict.fromkeys(["runs", *OF_SAFETY, "tasks"], 0))
            row["runs"] += 1
            row["tasks"] += run.delivery.lost
            for letter in set(OF_SAFETY) & set(run.symptoms):
                row[letter] += 1
    rows = [[transport, level, row["runs"], *_harm(row), row["tasks"]] for (transport, level), row in counts.items()]
    headings = ("transport", "level", "fault runs", *(f"runs: {what}" for what in OF_SAFETY.values()), "tasks lost")
    return Table(CAPTION, headings, rows) if rows else None


def _harm(row: Mapping[str, int]) -> list[Cell]:
    return [
        Cell(f"{row[letter]:,}", ("dubious" if letter == "D" else "bad") if row[letter] else "") for letter in OF_SAFETY
    ]


@glance.register
def _(result: ClaimsResult) -> Table | None:
    """Return how many claims of each theme have each verdict by the one interpreter; the names are in the details."""
    if len(result.plan.pythons) > 1:
        return None  # the first section has a column for each
    messages = Messages(result.plan.language)
    verdicts = [verdict for verdict in ClaimVerdict if any(run.verdict is verdict for run in result.runs)]
    themes: dict[str, dict[ClaimVerdict, list[str]]] = {}
    for run in result.runs:
        themes.setdefault(run.theme, {verdict: [] for verdict in verdicts})[run.verdict].append(run.claim)
    rows = [
        [messages.theme(theme), *(_counted(verdict, names, messages) for verdict, names in found.items())]
        for theme, found in themes.items()
    ]
    headings = (messages.word("theme"), *map(messages.verdict, verdicts))
    return Table(frame(messages.language).glance, headings, rows) if rows else None


def _counted(verdict: ClaimVerdict, names: Sequence[str], messages: Messages) -> Cell:
    kind = verdict_cell(verdict, messages).kind
    return Cell(f"{len(names):,}", kind, ", ".join(dict.fromkeys(names))) if names else Cell("0")


@glance.register
def _(result: Difference) -> Table | None:
    if result.older is not None or not result.changes:
        return None
    rows = [
        [one.case, one.base, one.new, one.unit, Cell(one.harm or change(one), "bad" if one.breached else "")]
        for one in result.changes
    ]
    return Table(CAPTION, ("case", "before", "now", "unit", "change"), rows)
