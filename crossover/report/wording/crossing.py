"""The crossover in words and figures: what it costs to leave the machine, and from how many machines on it pays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossover.report.wording.figures import duration, figure, plural
from crossover.results.comparison import Result
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


def crossing_headings(result: Result) -> Sequence[str]:
    """Return the headings of the table of what a transport costs; how far it carries only where that is known."""
    return HEADINGS if result.crossing and result.crossing.reach else HEADINGS[:3]


def crossing_rows(result: Result) -> list[list[str]]:
    """Return the rows of that table."""
    reaches = {reach.transport: reach for reach in result.crossing.reach} if result.crossing else {}
    width = len(crossing_headings(result))
    known = [one for one in result.summary if one.overhead_us is not None]
    return [list(_row(one, reaches.get(one.transport)))[:width] for one in known]


def check_rows(found: Sequence[Check]) -> list[list[str]]:
    """Return the rows of the table of break-even times that were tried."""
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
