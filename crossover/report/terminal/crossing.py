"""The crossover: what leaving the machine costs, and from how many machines on it pays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from crossover.report.terminal.layout.columns import Column
from crossover.report.terminal.layout.tables import Grid
from crossover.report.terminal.throughput import bars
from crossover.report.wording.figures import duration, figure, plural
from crossover.results.findings import Check, Crossing, Reach, Summary

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


def crossing(summary: Sequence[Summary], found: Crossing | None) -> list[Grid]:
    """Return the table of what each transport costs and how far it carries."""
    shown, rows = cells(summary, found)
    if not rows:
        return []
    costs = [one.overhead_us or 0.0 for one in summary if one.overhead_us is not None]
    top = max(costs)
    first, overhead, *rest = _columns(shown, rows)
    drawn = bars([cost / top if top > 0 else 0.0 for cost in costs], rank=1)
    return [Grid([first, overhead, drawn, *rest])]


def cells(summary: Sequence[Summary], found: Crossing | None) -> tuple[Sequence[str], list[list[str]]]:
    """Return the headings and rows of that table."""
    reaches = {} if found is None else {reach.transport: reach for reach in found.reach}
    shown = HEADINGS if reaches else HEADINGS[:3]
    known = [one for one in summary if one.overhead_us is not None]
    return shown, [list(_row(one, reaches.get(one.transport)))[: len(shown)] for one in known]


def checks(found: Sequence[Check]) -> list[Grid]:
    """Return the table of the break-even times that were tried."""
    if not found:
        return []
    *figures, verdicts = _columns(CHECKS, check_cells(found))
    whole = Column("95 % interval", [f"{100 * one.low:.1f} to {100 * one.high:.1f} %" for one in found], rank=1)
    drawn = bars([min(1.0, max(0.0, one.measured)) for one in found], rank=2)
    colours = [Text(str(cell), style="yellow" if cell in DOUBTFUL else "") for cell in verdicts.cells]
    return [Grid([*figures, whole, drawn, Column(verdicts.heading, colours, left=True)])]


def _columns(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[Column]:
    return [Column(heading, [row[number] for row in rows], kept=True) for number, heading in enumerate(headings)]


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


def leaving(found: Crossing) -> str:
    """Say what it costs to leave the machine."""
    if found.added_us is None or found.from_ms is None:
        cpu = "" if found.added_cpu_us is None else f"; it takes {found.added_cpu_us:+.0f} µs of CPU for a task"
        beside = f"{found.local} was {found.factor:.2f} × as fast as {found.remote}, and their intervals overlap{cpu}"
        return f"What it costs to leave the machine cannot be told from noise: {beside}."
    cpu = "" if found.added_cpu_us is None else f" ({found.added_cpu_us:+.0f} µs CPU)"
    return (
        f"To leave the machine: {found.local} is {found.factor:.2f} × as fast as {found.remote}, which adds "
        f"{figure(found.added_us)} µs to each task{cpu}. Tasks of "
        f"{figure(found.from_ms)} ms or more hide that: they run as fast through either, within 5 %."
    )


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
