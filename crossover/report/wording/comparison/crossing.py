"""The crossover in words and figures: what it costs to leave the machine, and from how many machines on it pays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossover.derived.ratios import against, between
from crossover.report.wording.figures import duration, figure, plural
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import Check, Crossing, Reach, Summary
from crossover.results.records import ENOUGH_ROUNDS

HEADINGS = ("transport", "overhead", "break-even", "1 machine", "each more", "ceiling", "machines")
CHECKS = ("transport", "task", "predicted", "measured", "± 95%", "")
COST = "Overhead per task"
TITLE = f"{COST}, and how many machines each broker needs"
CHECKED = "Efficiency at the break-even time, predicted and measured"
HOLDS = {True: "holds", False: "does not hold", None: "too noisy to tell"}
DOUBTFUL = (HOLDS[False], HOLDS[None])
BREAK_EVEN = "break-even: tasks that take this long run at 95% efficiency; longer ones lose less to the transport."
EXTRAPOLATED = (
    "1 machine: measured. ceiling: measured with tasks that do nothing, all processes on this machine. each more: an "
    "estimate of what one more machine like this one adds: its cores, over the CPU time of all roles per task. "
    "machines: an estimate from that of how many pass the fastest local transport. No network was measured."
)
ESTIMATE = "an estimate from the CPU time per task; no network was measured"


def crossing_title(result: Result) -> str:
    """Return what the table of what a transport costs is about: of brokers only where there are some."""
    return TITLE if result.crossing and result.crossing.reach else COST


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


def local_against_broker(found: Crossing) -> str:
    """Return a sentence on the cost of a broker instead of the fastest local transport."""
    ratio = found.ratio if found.ratio is not None and found.ratio.rounds >= ENOUGH_ROUNDS else None
    if found.added_us is None or found.from_ms is None:
        cpu = "" if found.added_cpu_us is None else f" CPU time per task: {found.added_cpu_us:+.0f} µs."
        if ratio is not None and ratio.differs:
            faster, other = (f"{found.remote} is faster here: ", "it") if ratio.high < 1 else ("", found.remote)
            return f"Local against broker: {faster}{found.local} {against(ratio)} against {other}.{cpu}"
        within = "" if ratio is None else f" ({between(ratio)})"
        return (
            f"Local against broker: no significant difference{within}. {found.local} was {found.factor:.2f} × as fast "
            f"as {found.remote}.{cpu}"
        )
    cpu = "" if found.added_cpu_us is None else f" (CPU time: {found.added_cpu_us:+.0f} µs)"
    factor = f"{found.factor:.2f} ×"
    if ratio is not None:
        factor = f"{ratio.ratio:.2f} × ({ratio.low:.2f} to {ratio.high:.2f} ×)"
    return (
        f"Local against broker: {found.local} is {factor} as fast as {found.remote}, which adds "
        f"{figure(found.added_us)} µs per task{cpu}. Tasks of {figure(found.from_ms)} ms or more run equally fast "
        "through both, within 5%."
    )


def one_machine_limit(found: Crossing) -> str:
    """Return the rate up to which one machine is enough, in words; empty if it is not known."""
    return _limit_in_words(found, found.enough) if found.enough is not None and found.reach else ""


def _limit_in_words(found: Crossing, enough: float) -> str:
    """Return up to which rate one machine is enough, and what is faster from there on."""
    task = "" if found.task_ms is None else f", tasks of {duration(found.task_ms / 1e3)}"
    begin = f"This machine is enough up to {figure(enough)} tasks/s ({found.local}{task}). "
    passing = sorted((reach.machines, -reach.here, reach.transport) for reach in found.reach if reach.machines)
    if passing:
        machines, _, transport = passing[0]
        most = next(reach.ceiling for reach in found.reach if reach.transport == transport)
        how = "on this machine alone" if machines == 1 else f"with {plural(machines, 'machine')} like this one"
        ceiling = "" if most is None else f"; its ceiling here was {figure(most)} tasks/s"
        estimate = "" if machines == 1 else f" ({ESTIMATE})"
        return begin + f"{transport} is faster {how}{estimate}{ceiling}."
    if all(reach.ceiling is not None and reach.ceiling <= enough for reach in found.reach):
        begin += (
            "No broker reached that rate here, even with tasks that do nothing, with all processes on one machine: "
        )
        return begin + "whether one does on a machine of its own is not known."
    return begin + "How many machines a broker needs to be faster cannot be predicted from these runs."
