"""CPU time and memory, by role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import altair as alt

from crossover.contract.records import OPEN, Run
from crossover.contract.result import Result
from crossover.report.charts.looks import BLUE, GREEN, RED, colours, data, finished, legend, median, names
from crossover.report.parts import Chart, Table
from crossover.report.words import figure

ROLES = {"producer": BLUE, "workers": GREEN, "broker": RED}
MIB = 2**20


def costs(result: Result) -> Iterator[Chart]:
    """Return the CPU time of a task and the peak of resident memory; nothing where nothing of it is known."""
    runs: dict[str, list[Run]] = {one.transport: [] for one in result.summary}
    for run in result.runs:
        if run.transport in runs and run.load.mode != OPEN:
            runs[run.transport].append(run)
    cpu = {label: {role: median(_cpu(run, role) for run in rounds) for role in ROLES} for label, rounds in runs.items()}
    memory = {label: {role: median(_mib(run, role) for run in rounds) for role in ROLES}
              for label, rounds in runs.items()}  # fmt: skip
    yield from _chart("cpu", "CPU time of a task", "µs", cpu)
    yield from _chart("memory", "Peak of resident memory", "MiB", memory)


def _cpu(run: Run, role: str) -> float | None:
    seconds = run.cost.cpu_seconds.get(role)
    return None if seconds is None or not run.delivery.completed else seconds / run.delivery.completed * 1e6


def _mib(run: Run, role: str) -> float | None:
    found = run.cost.peak_rss_bytes.get(role)
    return None if found is None else found / MIB


def _chart(name: str, title: str, unit: str, found: Mapping[str, Mapping[str, float | None]]) -> Iterator[Chart]:
    order = [label for label, row in found.items() if any(row.values())]
    if not order:
        return
    roles = [role for role in ROLES if any(found[label][role] is not None for label in order)]
    values = data(
        {"name": label, "role": role, unit: value, "order": roles.index(role)}
        for label in order
        for role, value in found[label].items()
        if value is not None
    )
    bar = alt.Chart(values).mark_bar(height=16).encode(
        y=names(order),
        x=alt.X(f"{unit}:Q", title=f"{title}, {unit}", axis=alt.Axis(format=",~r", tickCount=4)),
        color=alt.Color("role:N", scale=colours(roles, [ROLES[role] for role in roles]), legend=legend()),
        order="order:Q",
        tooltip=["name:N", "role:N", alt.Tooltip(f"{unit}:Q", format=",.4~g")],
    )  # fmt: skip
    rows = [[label, *(found[label][role] for role in roles)] for label in order]
    says = "; ".join(f"{label} {_in_words(roles, found[label])}" for label in order)
    table = Table(f"{title} in {unit}, by role, medians over the rounds", ("transport", *roles), rows)
    yield Chart(name, f"{title} by role, stacked, in {unit}: {says}.", finished(bar, rows=len(order)), table)


def _in_words(roles: Sequence[str], row: Mapping[str, float | None]) -> str:
    return ", ".join(f"{role} {figure(value)}" for role in roles if (value := row[role]) is not None)
