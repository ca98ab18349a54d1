"""CPU time and memory, by role."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence

from crossover.report.terminal.layout.columns import AnyColumn, Column, Drawn
from crossover.report.terminal.layout.drawing import stacked
from crossover.report.terminal.layout.tables import Grid
from crossover.report.wording.figures import known
from crossover.results.comparison import Result
from crossover.results.records import Run

TITLE = "CPU and memory by role"
EXPLAINED = "Medians over the rounds: CPU time of a task; peak of resident memory."
ROLES = {"producer": "█", "workers": "▒", "broker": "░"}
MIB = 2**20
LEAST, MOST = 6, 40  # columns of a bar

Found = Mapping[str, Sequence[float | None]]  # role → of each transport


def costs(result: Result) -> list[Grid]:
    """Return the CPU time of a task and the peak of resident memory; nothing where nothing of it is known."""
    runs = {one.transport: result.rounds_of(one.transport) for one in result.summary}
    cpu = {role: [cpu_us(rounds, role) for rounds in runs.values()] for role in ROLES}
    memory = {role: [resident_mib(rounds, role) for rounds in runs.values()] for role in ROLES}
    if not any(any(values) for found in (cpu, memory) for values in found.values()):
        return []
    columns: list[AnyColumn] = [
        Column("transport", list(runs)),
        *(Column(f"{role}\nCPU µs", [known(value) for value in values]) for role, values in cpu.items()),
        _bars(cpu, 1),
        *(Column(f"{role}\nMiB", [known(value) for value in values]) for role, values in memory.items()),
        _bars(memory, 2),
    ]
    shown = [role for role in ROLES if any(cpu[role]) or any(memory[role])]
    return [Grid(columns, legend=f"Bars: {', '.join(f'{ROLES[role]} {role}' for role in shown)}.")]


def _bars(found: Found, rank: int) -> Drawn:
    rows = list(zip(*([value or 0.0 for value in values] for values in found.values()), strict=True))
    top = max(map(sum, rows), default=0.0)

    def draw(number: int, width: int) -> str:
        return stacked(rows[number], list(ROLES.values()), round(sum(rows[number]) / top * width) if top else 0)

    return Drawn(draw, LEAST, LEAST, MOST, rank=rank)


def cpu_us(rounds: Sequence[Run], role: str) -> float | None:
    """Return the CPU time of a role for one task, in µs: the median; None where it is not known."""
    return _median(
        run.cost.cpu_seconds[role] / run.delivery.completed * 1e6
        for run in rounds
        if role in run.cost.cpu_seconds and run.delivery.completed
    )


def resident_mib(rounds: Sequence[Run], role: str) -> float | None:
    """Return the peak of a role's resident memory, in MiB: the median; None where it is not known."""
    return _median(run.cost.peak_rss_bytes[role] / MIB for run in rounds if role in run.cost.peak_rss_bytes)


def _median(values: Iterable[float]) -> float | None:
    found = list(values)
    return statistics.median(found) if found else None
