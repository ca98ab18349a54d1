"""What the terminal says of the crossover: what leaving the machine costs, and from how many machines on it pays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from crossover.contract.findings import Check, Crossing, Reach, Summary
from crossover.report.words import duration, figure, plural, table, widths_of

HEADINGS = ("transport", "overhead", "95 % from", "one machine", "each more", "carried", "machines")
CHECKS = ("transport", "task", "predicted", "measured", "± 95 %", "")
HOLDS = {True: "holds", False: "does not hold", None: "too noisy to tell"}


def crossing(summary: Sequence[Summary], found: Crossing | None) -> Iterator[RenderableType]:
    """Return the table of what each transport costs and how far it carries, and what it comes to in words."""
    known = [one for one in summary if one.overhead_us is not None]
    if not known:
        return
    reaches = {} if found is None else {reach.transport: reach for reach in found.reach}
    rows = [[Text(cell) for cell in _row(one, reaches.get(one.transport))] for one in known]
    shown = HEADINGS if reaches else HEADINGS[:3]
    yield Text("\nWhat a transport costs each task, and how far it carries", style="bold")
    yield table(shown, [row[: len(shown)] for row in rows], widths_of(shown, rows), bar=-1)
    if found is not None:
        yield from _words(found)


def checks(found: Sequence[Check]) -> Iterator[RenderableType]:
    """Return the table of the break-even times that were tried."""
    if not found:
        return
    rows = [
        [
            Text(check.transport),
            Text(duration(check.task_ms / 1e3)),
            Text(f"{check.predicted:.0%}"),
            Text(f"{check.measured:.1%}"),
            Text(f"{(check.high - check.low) / 2:.1%}"),
            Text(HOLDS[check.holds], style="" if check.holds else "yellow"),
        ]
        for check in found
    ]
    yield Text("\nEfficiency with tasks of the break-even time, predicted and measured", style="bold")
    yield table(CHECKS, rows, widths_of(CHECKS, rows), bar=len(CHECKS) - 1)


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
    if reach.machines is not None:
        return f"{reach.machines:,}"
    return "-"


def _words(found: Crossing) -> Iterator[Text]:
    if found.enough is not None and found.reach:
        yield Text(f"\n{_enough(found, found.enough)}")
        yield Text(
            "Measured here: overhead, one machine, carried (tasks that do nothing, all on this machine). Extrapolated "
            "from the workers' time: each more machine like this one; machines: how many pass the fastest local one."
        )


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
