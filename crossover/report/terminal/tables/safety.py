"""What safety costs, and the matrix of faults: letters that fit 80 columns, words where there is room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from crossover.report.terminal.layout.columns import AnyColumn, Column, bars
from crossover.report.terminal.layout.grid import Grid
from crossover.report.wording.figures import failures, figure
from crossover.report.wording.safety import WORDS
from crossover.results.safety import SYMPTOMS, SafetyResult, SafetyRun

SHORT = {
    "none": "none",
    "kill-worker-busy": "busy",
    "kill-worker-idle": "idle",
    "kill-worker-parent": "par.",
    "kill-producer": "prod",
    "kill-broker": "brok",
    "pause-broker": "paus",
    "cut-network": "cut",
    "fill-broker-memory": "full",
    "poison-task": "pois",
    "oversize-payload": "over",
    "unpicklable-payload": "unp.",
}
LEVEL = {"fast": "fast", "default": "def.", "safe": "safe"}
STYLES = {"C": "bold red", "U": "bold red", "L": "bold red", "H": "bold red", "D": "yellow", "E": "cyan"}
COUNTS = {"L": "lost", "D": "duplicated", "C": "corrupted", "U": "unexpected"}
"""What is counted, and where."""


def safety_costs(result: SafetyResult) -> list[Grid]:
    """Return what each level costs, and what it saves."""
    shown = result.costs
    if not shown:
        return []
    top = max(cost.throughput for cost in shown)
    columns: list[AnyColumn] = [
        Column("transport", [cost.transport for cost in shown]),
        Column("level", [cost.safety for cost in shown], left=True),
        Column("tasks/s", [figure(cost.throughput) for cost in shown]),
        bars([cost.throughput / top if top else 0.0 for cost in shown]),
        Column("lost", [failures(cost.lost) if cost.accepted else "?" for cost in shown]),
        Column("dup.", [f"{cost.duplicated:,}" for cost in shown]),
        Column("accepted", [f"{cost.accepted:,}" for cost in shown], rank=1),
    ]
    return [Grid(columns)]


def matrix(result: SafetyResult) -> list[Grid]:
    """Return a row for each transport and level, a column for each fault."""
    plan = result.plan
    rows = [(label, level) for label in plan.transports for level in plan.levels if _any(result, label, level)]
    if not rows:
        return []
    named = ["" if number and rows[number - 1][0] == label else label for number, (label, _) in enumerate(rows)]
    short = [
        Column("transport", named),
        Column("lev.", [LEVEL[level] for _, level in rows], left=True),
        *(Column(SHORT[fault], [_cell(result, *row, fault, words=False) for row in rows], left=True)
          for fault in plan.faults),
    ]  # fmt: skip
    full = [
        Column("transport", named),
        Column("level", [level for _, level in rows], left=True),
        *(Column(fault.replace("-", "-\n"), [_cell(result, *row, fault, words=True) for row in rows], left=True)
          for fault in plan.faults),
    ]  # fmt: skip
    return [Grid(short, legend=" ".join(_legend(result)), roomy=full, between=1)]


def _legend(result: SafetyResult) -> Iterator[str]:
    seen = {letter for run in result.runs for letter in run.symptoms}
    if letters := [f"{letter} {what}" for letter, what in SYMPTOMS.items() if letter in seen]:
        yield f"{', '.join(letters)}."
    if shortened := [f"{SHORT[fault]} {fault}" for fault in result.plan.faults if SHORT[fault] != fault]:
        yield f"{', '.join(shortened)}."


def _any(result: SafetyResult, label: str, level: str) -> bool:
    places = [(run.transport, run.safety) for run in result.runs]
    return (label, level) in [*places, *((cell.transport, cell.safety) for cell in result.unmeasured)]


def _cell(result: SafetyResult, label: str, level: str, fault: str, *, words: bool) -> Text:
    key = (label, level, fault)
    runs = [run for run in result.runs if (run.transport, run.safety, run.fault) == key]
    if not runs:
        why = [cell for cell in result.unmeasured if (cell.transport, cell.safety, cell.fault) == key]
        return Text(("·" if why[0].meaningless else "?") if why else "", style="dim")
    seen = [letter for letter in SYMPTOMS if any(letter in run.symptoms for run in runs)]
    parts = [(_in_words(letter, runs) if words else letter, STYLES[letter]) for letter in seen]
    between = Text(",\n" if words else "")
    text = between.join(Text(part, style=style) for part, style in parts) if parts else Text("0")
    return text + Text("!" if any(run.differs for run in runs) else "", style="bold magenta")


def _in_words(letter: str, runs: Sequence[SafetyRun]) -> str:
    count = sum(getattr(run.delivery, COUNTS[letter]) for run in runs) if letter in COUNTS else 0
    return f"{WORDS[letter]} {count:,}" if count else WORDS[letter]
