"""CPU time and memory, by role."""

from __future__ import annotations

from crossover.report.terminal.layout.columns import AnyColumn, Column, Drawn
from crossover.report.terminal.layout.drawing import stacked
from crossover.report.terminal.layout.grid import Grid
from crossover.report.wording.figures import or_dash
from crossover.report.wording.resources import ROLES, ByRole, any_known, cpu_by_role, memory_by_role
from crossover.results.comparison import Result

CHARACTERS = dict(zip(ROLES, "█▒░", strict=True))
LEAST, MOST = 6, 40  # columns of a bar


def costs(result: Result) -> list[Grid]:
    """Return the CPU time of a task and the peak of memory; nothing where nothing of it is known."""
    if not any_known(result):
        return []
    cpu, memory = cpu_by_role(result), memory_by_role(result)
    columns: list[AnyColumn] = [
        Column("transport", list(cpu)),
        Column("all\nCPU µs", [or_dash(one.cpu_us) for one in result.summary]),
        *(Column(f"{role}\nCPU µs", [or_dash(row[role]) for row in cpu.values()]) for role in ROLES),
        _bars(cpu, 1),
        *(Column(f"{role}\nMiB", [or_dash(row[role]) for row in memory.values()]) for role in ROLES),
        _bars(memory, 2),
    ]
    shown = [role for role in ROLES if any(row[role] for row in (*cpu.values(), *memory.values()))]
    return [Grid(columns, legend=f"Bars: {', '.join(f'{CHARACTERS[role]} {role}' for role in shown)}.")]


def _bars(found: ByRole, rank: int) -> Drawn:
    rows = [[row[role] or 0.0 for role in ROLES] for row in found.values()]
    top = max(map(sum, rows), default=0.0)

    def draw(number: int, width: int) -> str:
        return stacked(rows[number], list(CHARACTERS.values()), round(sum(rows[number]) / top * width) if top else 0)

    return Drawn(draw, LEAST, LEAST, MOST, rank=rank)
