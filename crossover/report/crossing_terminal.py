"""What the terminal says of the crossover: what leaving the machine costs, and from how many machines on it pays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from crossover.contract.findings import Check, Crossing, Reach, Summary
from crossover.report.words import duration, figure, plural, table, widths_of

HEADINGS = ("transport", "overhead", "95 % from", "one machine", "each more", "carried", "machines")
CHECKS = ("transport", "task", "predicted", "measured", "± 95 %", "")
TITLE = "What a transport costs each task, and how far it carries"
CHECKED = "Efficiency with tasks of the break-even time, predicted and measured"
HOLDS = {True: "holds", False: "does not hold", None: "too noisy to tell"}
DOUBTFUL = (HOLDS[False], HOLDS[None])
EXTRAPOLATED = (
    "Measured here: overhead, one machine, carried (tasks that do nothing, all on this machine). Extrapolated "
    "from the workers' time: each more machine like this one; machines: how many pass the fastest local one."
)


def crossing(summary: Sequence[Summary], found: Crossing | None) -> Iterator[RenderableType]:
    """Return the table of what each transport costs and how far it carries, and what it comes to in words."""
    shown, words = cells(summary, found)
    if not words:
        return
    rows = [[Text(cell) for cell in row] for row in words]
    yield Text(f"\n{TITLE}", style="bold")
    yield table(shown, rows, widths_of(shown, rows), bar=-1)
    if found is not None and (said := enough(found)):
        yield Text(f"\n{said}")
        yield Text(EXTRAPOLATED)


def cells(summary: Sequence[Summary], found: Crossing | None) -> tuple[Sequence[str], list[list[str]]]:
    """Return the headings and rows of that table."""
    reaches = {} if found is None else {reach.transport: reach for reach in found.reach}
    shown = HEADINGS if reaches else HEADINGS[:3]
    known = [one for one in summary if one.overhead_us is not None]
    return shown, [list(_row(one, reaches.get(one.transport)))[: len(shown)] for one in known]


def checks(found: Sequence[Check]) -> Iterator[RenderableType]:
    """Return the table of the break-even times that were tried."""
    if not found:
        return
    rows = [[Text(cell, style="yellow" if cell in DOUBTFUL else "") for cell in row] for row in check_cells(found)]
    yield Text(f"\n{CHECKED}", style="bold")
    yield table(CHECKS, rows, widths_of(CHECKS, rows), bar=len(CHECKS) - 1)


def check_cells(found: Sequence[Check]) -> list[list[str]]:
    """Return the rows of that table."""
    return [
        [
            check.transport,
            duration(check.task_ms / 1e3),
            f"{check.predicted:.0%}",
            f"{check.measured:.1%}",
            f"{(check.high - check.low) / 2:.1%}",
            HOLDS[check.holds],
        ]
        for check in found
    ]


def _row(one: Summary, reach: Reach | None) -> Iterator[str]:
    assert one.overhead_us is not None
    assert one.break_even_ms is not None
    yield one.transport
    yield duration(one.overhead_us / 1e6)
    yield duration(one.break_even_ms / 1e3)
    if reach is None:
        yield from ("", "", "", "")
        return
    yield f"{figure(reach.here)}/s"
    yield "-" if reach.per_machine is None else f"+{figure(reach.per_machine)}/s"
    yield "-" if reach.ceiling is None else f"{figure(reach.ceiling)}/s"
    yield _machines(reach)


def _machines(reach: Reach) -> str:
    return "-" if reach.machines is None else f"{reach.machines:,}"


def enough(found: Crossing) -> str:
    """Say until when one machine is enough; nothing where that cannot be told."""
    return _enough(found, found.enough) if found.enough is not None and found.reach else ""


def _enough(found: Crossing, enough: float) -> str:
    """Say the answer: until when one machine is enough, and what passes it then."""
    task = "" if found.task_ms is None else f" of {duration(found.task_ms / 1e3)}"
    begin = f"Up to {figure(enough)} tasks/s{task} this machine is enough ({found.local}). "
    passing = sorted((reach.machines, -reach.here, reach.transport) for reach in found.reach if reach.machines)
    if passing:
        machines, _, transport = passing[0]
        most = next(reach.ceiling for reach in found.reach if reach.transport == transport)
        how = "on this machine already" if machines == 1 else f"with {plural(machines, 'machine')} like it"
        ceiling = "" if most is None else f"; it carried {figure(most)} tasks/s here"
        return begin + f"{transport} passes it {how}{ceiling}."
    if all(reach.ceiling is not None and reach.ceiling <= enough for reach in found.reach):
        begin += "No broker carried so many tasks here, even of those that do nothing, with all on one machine: "
        return begin + "whether one passes it on a machine of its own cannot be told here."
    return begin + "With how many machines a broker passes it cannot be told here."
