"""What a person sees of the safety matrix in the terminal."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crossover.contract.records import RULE_OF_THREE
from crossover.contract.safety_records import SYMPTOMS, SafetyResult, SafetyRun
from crossover.report.words import bar

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
NAME, CELL = 15, 4  # columns
FEW = 3  # transports; what their levels switch is shown
MOST_SAID = 24  # rows of what was seen
WHILE = 0.5  # seconds
STYLES = {"C": "bold red", "U": "bold red", "L": "bold red", "H": "bold red", "D": "yellow", "E": "cyan"}


def render(result: SafetyResult) -> RenderableType:
    """Return the matrix, what safety costs, and in words what is to be known about them."""
    if not result.runs and not result.unmeasured:
        return Group(*checker(result))
    return Group(
        Text(headline(result), style="bold"),
        *checker(result),
        _matrix(result),
        *_legend(result),
        *_costs(result),
        Text(),
        *seen(result),
        *_switched(result),
        *missing(result),
    )


def headline(result: SafetyResult) -> str:
    """Return what was asked for."""
    plan = result.plan
    rounds = "" if plan.rounds == 1 else f" in each of {plan.rounds} rounds"
    return f"{plan.workload}: {plan.tasks:,} tasks{rounds}, {plan.workers} workers, window {plan.window}, a fault each"


def checker(result: SafetyResult) -> Iterator[Text]:
    """Say what the checker found of what was planted."""
    if result.self_test:
        found = ", ".join(f"{one.what} {one.found}/{one.planted}" for one in result.self_test if one.planted)
        yield Text(f"The checker found what was planted: {found}.")


def _matrix(result: SafetyResult) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    table.add_column("transport", overflow="fold", width=NAME)
    table.add_column("lev.", width=CELL)
    for fault in result.plan.faults:
        table.add_column(SHORT[fault], width=CELL)
    before = ""
    for label in result.plan.transports:
        for level in result.plan.levels:
            cells = [_cell(result, label, level, fault) for fault in result.plan.faults]
            if any(cells):
                table.add_row(Text("" if label == before else label), LEVEL[level], *cells)
                before = label
    return table


def _cell(result: SafetyResult, label: str, level: str, fault: str) -> Text:
    runs = [run for run in result.runs if (run.transport, run.safety, run.fault) == (label, level, fault)]
    if not runs:
        key = (label, level, fault)
        why = [cell for cell in result.unmeasured if (cell.transport, cell.safety, cell.fault) == key]
        return Text(("·" if why[0].meaningless else "?") if why else "", style="dim")
    seen = [letter for letter in SYMPTOMS if any(letter in run.symptoms for run in runs)]
    differs = "!" if any(run.differs for run in runs) else ""
    text = Text("".join(seen) or "0")
    for position, letter in enumerate(seen):
        text.stylize(STYLES[letter], position, position + 1)
    return text + Text(differs, style="bold magenta")


def _legend(result: SafetyResult) -> Iterator[Text]:
    seen = {letter for run in result.runs for letter in run.symptoms}
    signs = [f"{letter} {words}" for letter, words in SYMPTOMS.items() if letter in seen]
    signs += ["0 no harm"]
    signs += ["· means nothing there"] if any(cell.meaningless for cell in result.unmeasured) else []
    signs += ["? could not be measured"] if any(not cell.meaningless for cell in result.unmeasured) else []
    signs += ["blank: not run yet"] if not result.finished else []
    signs += ["! not as expected"] if any(run.differs for run in result.runs) else []
    yield Text(", ".join(signs) + ".")
    if shortened := [f"{SHORT[fault]} {fault}" for fault in result.plan.faults if SHORT[fault] != fault]:
        yield Text(", ".join(shortened) + ".")
    yield from bound(result)
    yield from recovery(result, SHORT)


def bound(result: SafetyResult) -> Iterator[Text]:
    """Say what "nothing lost" means, over all rounds of a cell."""
    accepted: dict[tuple[str, str, str], int] = {}
    lost: set[tuple[str, str, str]] = set()
    for run in result.runs:
        key = (run.transport, run.safety, run.fault)
        accepted[key] = accepted.get(key, 0) + run.delivery.accepted
        lost |= {key} if run.delivery.lost else set()
    harmless = {key: count for key, count in accepted.items() if key not in lost and key[-1] != "none"}
    tried = sorted(count for count in harmless.values() if count >= RULE_OF_THREE)
    if tried:
        bounds = dict.fromkeys((f"1 in {tried[0] // RULE_OF_THREE:,}", f"1 in {tried[-1] // RULE_OF_THREE:,}"))
        yield Text(
            f"Where nothing was lost, that is a bound: fewer than {' to '.join(bounds)} tasks, at 95 % confidence. "
            "A SIGKILL spares what the system has in memory for the disk; a power cut would not."
        )


def recovery(result: SafetyResult, names: Mapping[str, str]) -> Iterator[Text]:
    """Say how long it took until all that had been accepted before a strike was done, where that took a while.

    Args:
        result: of all runs.
        names: what faults are called.
    """
    rows: dict[str, dict[str, list[float]]] = {}
    for run in result.runs:
        if run.recovery_seconds is not None and run.recovery_seconds > WHILE:
            row = rows.setdefault(f"{run.transport} {run.safety}", {})
            row.setdefault(names.get(run.fault, run.fault), []).append(run.recovery_seconds)
    if rows:
        yield Text()
        yield Text("Seconds from the strike until all that had been accepted before was done:", style="bold")
    for label, row in rows.items():
        figures = ", ".join(f"{short} {statistics.median(seconds):.1f}" for short, seconds in row.items())
        yield Text(f"{label}: {figures}")


def _costs(result: SafetyResult) -> Iterator[RenderableType]:
    if not result.costs:
        return
    yield Text()
    yield Text("What safety costs: tasks/s with nothing to do, against tasks lost with a busy worker", style="bold")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading, justify in (("transport", "left"), ("level", "left"), ("tasks/s", "right"), ("", "left"),
                             ("lost", "right"), ("dup.", "right")):  # fmt: skip
        table.add_column(heading, justify=justify, no_wrap=True)  # type: ignore[arg-type]  # the two that there are
    top = max(cost.throughput for cost in result.costs)
    for cost in result.costs:
        lost = Text(f"{cost.lost:,}", style="bold red" if cost.lost else "")
        table.add_row(Text(cost.transport), cost.safety, f"{cost.throughput:,.0f}", bar(cost.throughput / top), lost,
                      f"{cost.duplicated:,}")  # fmt: skip
    yield table


def seen(result: SafetyResult) -> Iterator[Text]:
    """Say what was seen in which cell, first what is not as expected."""
    said = [run for run in result.runs if run.differs]
    for run in said[:MOST_SAID]:
        where = f"{run.transport} {run.safety}, {run.fault}:"
        yield Text.assemble((where, "magenta"), f" {run.differs} ({run.source})")
        yield Text(f"  {_what(run)}")
    if len(said) > MOST_SAID:
        yield Text(f"… and {len(said) - MOST_SAID} more that are not as expected (see --json)")
    if said:
        yield Text("The journals of these are kept; the result names the folders.")
    if len(result.runs) <= MOST_SAID:
        for run in result.runs:
            if run.symptoms and not run.differs:
                yield Text(f"{run.transport} {run.safety}, {run.fault}: {_what(run)}")


def _switched(result: SafetyResult) -> Iterator[Text]:
    if len(result.plan.transports) <= FEW:
        settings = {f"{run.transport} {run.safety}": run.settings for run in result.runs if run.settings}
        yield from (Text(f"{level}: {switched}") for level, switched in settings.items())


def missing(result: SafetyResult) -> Iterator[Text]:
    """Say what was not measured."""
    yield from _unmeasured(result)
    for skipped in result.skipped:
        yield Text(f"skipped: {skipped.transport}: {skipped.reason}")


def _unmeasured(result: SafetyResult) -> Iterator[Text]:
    reasons: dict[str, list[str]] = {}
    for cell in result.unmeasured:
        if not cell.meaningless or len(result.plan.transports) <= FEW:
            reasons.setdefault(cell.reason, []).append(f"{cell.transport} {cell.safety}, {cell.fault}")
    for reason, cells in reasons.items():
        yield Text(f"not measured: {'; '.join(cells)}: {reason}")


def found(run: SafetyRun) -> str:
    """Return in a few words what came out of a cell."""
    counts = {"lost": run.delivery.lost, "duplicated": run.delivery.duplicated, "hung": run.hung, "error": run.error}
    return ", ".join(f"{count} {what}" if isinstance(count, int) and not isinstance(count, bool) else what
                     for what, count in counts.items() if count) or "no harm"  # fmt: skip


def _what(run: SafetyRun) -> str:
    delivery = run.delivery
    counts = {
        "lost": delivery.lost,
        "duplicated": delivery.duplicated,
        "done, but no outcome came back": delivery.uncollected or 0,
        "corrupted": delivery.corrupted,
        "unexpected": delivery.unexpected,
        "begun after a later one": delivery.reordered,
    }
    found = [f"{count} {what}" for what, count in counts.items() if count]
    found += [run.why_hung] if run.hung else []
    found += [f"recovered in {run.recovery_seconds:.1f} s"] if run.recovery_seconds is not None else []
    found += [f"error: {run.error}"] if run.error else []
    return f"of {delivery.accepted} accepted: " + "; ".join(found or ["all done once"])
