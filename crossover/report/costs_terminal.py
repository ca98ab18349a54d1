"""CPU time and memory, by role."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crossover.contract.records import Run
from crossover.contract.result import Result
from crossover.report.columns import AnyColumn, Column, Drawn
from crossover.report.drawing import stacked
from crossover.report.latency_terminal import median
from crossover.report.tables import Grid
from crossover.report.words import known

TITLE = "CPU and memory by role"
EXPLAINED = "Medians over the rounds: CPU time of a task; peak of resident memory."
ROLES = {"producer": "█", "workers": "▒", "broker": "░"}
MIB = 2**20
LEAST, MOST = 6, 40  # columns of a bar

Found = Mapping[str, Sequence[float | None]]  # role → of each transport


def costs(result: Result) -> list[Grid]:
    """Return the CPU time of a task and the peak of resident memory; nothing where nothing of it is known."""
    runs = {one.transport: result.rounds_of(one.transport) for one in result.summary}
    cpu = {role: [median(_cpu(run, role) for run in rounds) for rounds in runs.values()] for role in ROLES}
    memory = {role: [median(_mib(run, role) for run in rounds) for rounds in runs.values()] for role in ROLES}
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


def _cpu(run: Run, role: str) -> float | None:
    seconds = run.cost.cpu_seconds.get(role)
    return None if seconds is None or not run.delivery.completed else seconds / run.delivery.completed * 1e6


def _mib(run: Run, role: str) -> float | None:
    found = run.cost.peak_rss_bytes.get(role)
    return None if found is None else found / MIB
