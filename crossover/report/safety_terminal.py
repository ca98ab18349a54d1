"""What a person sees of the safety matrix in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from crossover.contract.safety_records import SYMPTOMS, SafetyResult, SafetyRun
from crossover.report.words import RULE_OF_THREE, bar

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
STYLES = {"L": "bold red", "H": "bold red", "D": "yellow", "E": "cyan"}


def render(result: SafetyResult) -> RenderableType:
    """Return the matrix, what safety costs, and in words what is to be known about them."""
    return Group(Text(_headline(result), style="bold"), *_checker(result), _matrix(result), *_legend(result),
                 *_costs(result), *_notes(result))  # fmt: skip


def _headline(result: SafetyResult) -> str:
    plan = result.plan
    rounds = "" if plan.rounds == 1 else f" in each of {plan.rounds} rounds"
    return f"{plan.workload}: {plan.tasks:,} tasks{rounds}, {plan.workers} workers, window {plan.window}, a fault each"


def _checker(result: SafetyResult) -> Iterator[Text]:
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
            rows = [run for run in result.runs if (run.transport, run.safety) == (label, level)]
            if rows:
                cells = [_cell([run for run in rows if run.fault == fault]) for fault in result.plan.faults]
                table.add_row(Text("" if label == before else label), LEVEL[level], *cells)
                before = label
    return table


def _cell(runs: Sequence[SafetyRun]) -> Text:
    if not runs:
        return Text("·", style="dim")
    seen = [letter for letter in SYMPTOMS if any(letter in run.symptoms for run in runs)]
    differs = "!" if any(run.differs for run in runs) else ""
    text = Text("".join(seen) or "0")
    for position, letter in enumerate(seen):
        text.stylize(STYLES[letter], position, position + 1)
    return text + Text(differs, style="bold magenta")


def _legend(result: SafetyResult) -> Iterator[Text]:
    clean = sorted(run.delivery.accepted for run in result.runs if not run.delivery.lost)
    letters = ", ".join(f"{letter} {words}" for letter, words in SYMPTOMS.items())
    yield Text(f"{letters}, 0 no harm, · means nothing here, ! not as expected.")
    yield Text(", ".join(f"{SHORT[fault]} {fault}" for fault in result.plan.faults if SHORT[fault] != fault) + ".")
    if clean and clean[0] >= RULE_OF_THREE:
        bounds = sorted({clean[0] // RULE_OF_THREE, clean[-1] // RULE_OF_THREE})
        said = " to ".join(f"1 in {bound:,}" for bound in bounds)
        yield Text(f"No loss is a bound: fewer than {said}, at 95 % confidence. SIGKILL is not a power cut.")


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
        table.add_row(cost.transport, cost.safety, f"{cost.throughput:,.0f}", bar(cost.throughput / top), lost,
                      f"{cost.duplicated:,}")  # fmt: skip
    yield table


def _notes(result: SafetyResult) -> Iterator[Text]:
    yield Text()
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
    if len(result.plan.transports) <= FEW:
        settings = {f"{run.transport} {run.safety}": run.settings for run in result.runs if run.settings}
        yield from (Text(f"{level}: {switched}") for level, switched in settings.items())
    for skipped in result.skipped:
        yield Text(f"skipped: {skipped.transport}: {skipped.reason}")


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
    }
    found = [f"{count} {what}" for what, count in counts.items() if count]
    found += [run.why_hung] if run.hung else []
    found += [f"recovered in {run.recovery_seconds:.1f} s"] if run.recovery_seconds is not None else []
    found += [f"error: {run.error}"] if run.error else []
    return f"of {delivery.accepted} accepted: " + "; ".join(found or ["all done once"])
