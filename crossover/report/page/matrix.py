"""The safety matrix as a table: letters, words and colours that say the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossover.report.topics.outline import Cell, Table
from crossover.results.safety import SYMPTOMS, SafetyResult, SafetyRun, Unmeasured

LONG_WORDS = {**SYMPTOMS, "E": "error"}
WORST = {"C": "bad", "U": "bad", "L": "bad", "H": "bad", "D": "dubious", "E": "error"}


def matrix(result: SafetyResult) -> Table:
    """Return a row for each transport and level, a column for each fault."""
    plan = result.plan
    rows = []
    for label in plan.transports:
        for level in plan.levels:
            cells = [_cell(result, label, level, fault) for fault in plan.faults]
            if any(cell.text for cell in cells):
                rows.append([label, level, *cells])
    return Table("Effect of each fault, by transport and safety level", ("transport", "level", *plan.faults), rows)


def reasons(result: SafetyResult) -> Table:
    """Return what is behind the cells, in words: each reason once, and where it was seen."""
    where: dict[str, list[str]] = {}
    for run in result.runs:
        for why in _details([run]):
            where.setdefault(why, []).append(f"{run.transport} {run.safety}, {run.fault}")
    for one in result.unmeasured:
        where.setdefault(one.reason, []).append(f"{one.transport} {one.safety}, {one.fault}")
    rows = [[why, "; ".join(dict.fromkeys(cells))] for why, cells in where.items()]
    return Table("Details of the cells", ("what was observed, or why it was not measured", "where"), rows)


def _cell(result: SafetyResult, label: str, level: str, fault: str) -> Cell:
    key = (label, level, fault)
    runs = [run for run in result.runs if (run.transport, run.safety, run.fault) == key]
    if runs:
        return _measured(runs)
    why = [one for one in result.unmeasured if (one.transport, one.safety, one.fault) == key]
    return _unmeasured(why[0]) if why else Cell("")


def _measured(runs: Sequence[SafetyRun]) -> Cell:
    seen = [letter for letter in SYMPTOMS if any(letter in run.symptoms for run in runs)]
    differs = "!" if any(run.differs for run in runs) else ""
    if not seen:
        return Cell(f"0 no harm{differs}", "good", "nothing was lost, duplicated or hung")
    kinds = {WORST[letter] for letter in seen}
    kind = next(kind for kind in ("bad", "dubious", "error") if kind in kinds)
    return Cell(", ".join(_said(letter, runs) for letter in seen) + differs, kind, "; ".join(_details(runs)))


def _said(letter: str, runs: Sequence[SafetyRun]) -> str:
    counts = {
        "L": sum(run.delivery.lost for run in runs),
        "D": sum(run.delivery.duplicated for run in runs),
        "C": sum(run.delivery.corrupted for run in runs),
        "U": sum(run.delivery.unexpected for run in runs),
    }
    count = counts.get(letter)
    return f"{letter} {LONG_WORDS[letter]}" + (f" {count:,}" if count else "")


def _details(runs: Sequence[SafetyRun]) -> Iterator[str]:
    yield from dict.fromkeys(text for run in runs for text in (run.why_hung, run.error, run.differs) if text)


def _unmeasured(why: Unmeasured) -> Cell:
    return Cell("· does not apply" if why.meaningless else "? not measured", "nothing", why.reason)
