"""What is lost when something dies: nothing, with an error, or in silence; and the verdict."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from crossover.report.wording.answer.verdict import next_command, shortened
from crossover.report.wording.figures import plural
from crossover.results.safety import SafetyResult, SafetyRun

DEATHS = {
    "kill-worker-busy": "A worker is killed in the middle of a task",
    "kill-producer": "The producer is killed",
    "kill-broker": "The broker is killed and started again",
}
KEPT, TOLD, SILENT = "nothing lost", "lost, told", "lost, silent"
STYLES = {KEPT: "green", TOLD: "yellow", SILENT: "bold red"}
INDENT = 2
WORSE = {"H": "Hung", "C": "Returned a wrong value", "U": "Returned an outcome that belongs to no task"}
NAMED = 3  # that are named one by one
TYPE = re.compile(r"[A-Z]\w+(?=:|$)")  # of an exception, before its message
Rows = Mapping[tuple[str, str], Sequence[SafetyRun]]
"""Transport and level → the runs under one fault."""


def deaths(result: SafetyResult) -> Iterator[Text]:
    """Yield for each death which transports lost nothing, which lost tasks with an error, and which in silence."""
    for fault, what in DEATHS.items():
        rows = _rows(result, fault)
        if rows:
            yield Text(what, style="bold")
            yield from _lines(rows)
    if quiet := sorted({run.fault for run in result.runs} - {*DEATHS, "none"}):
        lossy = [fault for fault in quiet if any(run.delivery.lost for run in result.runs if run.fault == fault)]
        said = f"Tasks were lost under {', '.join(lossy)}, too" if lossy else "No task was lost"
        yield Text(f"Other faults ({len(quiet):,}): {said} (--full).")


def verdict(result: SafetyResult) -> list[str]:
    """Return at most four sentences: what loses in silence, what loses nothing, the next command."""
    struck = [run for run in result.runs if run.fault != "none"]
    if not struck:
        return []
    labels = dict.fromkeys((run.transport, run.safety) for run in struck)
    silent = [one for one in labels if any(_is_silent(run) for run in struck if (run.transport, run.safety) == one)]
    lost = {(run.transport, run.safety) for run in struck if run.delivery.lost or run.hung}
    kept = [one for one in labels if one not in lost]
    said = [f"{what}: {', '.join(found)}." for letter, what in WORSE.items() if (found := _with(letter, struck))]
    if silent:
        said.append(f"Tasks can vanish without any error: {_named(silent)}.")
    if kept:
        faults = plural(len({run.fault for run in struck}), "fault")
        said.append(f"Nothing was lost under {faults}: {_named(kept)}. Some tasks may run twice.")
    else:
        said.append("Each of them lost tasks, or hung, under some fault.")
    if wrong := sum(bool(run.differs) for run in struck):
        said.append(f"{plural(wrong, 'run')} did not end as expected: --full names them.")
    level = next((level for _, level in kept), "")
    names = dict.fromkeys(transport for transport, of in kept if of == level)
    if names:
        options = [] if level == "default" else ["-s", level]
        said += next_command(["compare", *names, *options])
    return shortened(said)


def _with(letter: str, struck: Sequence[SafetyRun]) -> list[str]:
    """Return what did something that is worse than a loss, and under which fault."""
    found = list(dict.fromkeys(f"{run.transport} {run.safety} under {run.fault}" for run in struck
                               if letter in run.symptoms))  # fmt: skip
    return [*found[:NAMED], *([f"{len(found) - NAMED} more"] if len(found) > NAMED else [])]


def _rows(result: SafetyResult, fault: str) -> dict[tuple[str, str], list[SafetyRun]]:
    rows: dict[tuple[str, str], list[SafetyRun]] = {}
    for run in result.runs:
        if run.fault == fault:
            rows.setdefault((run.transport, run.safety), []).append(run)
    return rows


def _lines(rows: Rows) -> Iterator[Text]:
    """Yield a line for what lost nothing, lost with an error, and lost in silence."""
    each: dict[str, list[str]] = {KEPT: [], TOLD: [], SILENT: []}
    merged: dict[tuple[str, str, str], list[str]] = {}
    for (transport, level), runs in rows.items():
        kind = KEPT if not _is_lost(runs) else SILENT if any(map(_is_silent, runs)) else TOLD
        merged.setdefault((kind, transport, _detail(runs)), []).append(level)
    for (kind, transport, detail), levels in merged.items():
        each[kind].append(" ".join(filter(None, [transport, "/".join(levels), detail])))
    for kind, said in each.items():
        if said:
            yield Text.assemble(" " * INDENT, (f"{kind:<12}", STYLES[kind]), f"  {', '.join(said)}")


def _is_lost(runs: Sequence[SafetyRun]) -> bool:
    return any(run.delivery.lost or run.hung for run in runs)


def _is_silent(run: SafetyRun) -> bool:
    """Return whether tasks were lost in a run, and no error was raised."""
    return bool(run.delivery.lost) and not run.error


def _detail(runs: Sequence[SafetyRun]) -> str:
    """Return how many tasks were lost in a run, and the type of the error."""
    losses = [run.delivery.lost for run in runs]
    low, high = min(losses), max(losses)
    parts = [f"{low:,}" if low == high else f"{low:,}-{high:,}"] if high else []
    errors = {found[0] for run in runs if (found := TYPE.match(run.error))}
    parts += [f"({', '.join(sorted(errors))})"] if errors and high else []
    parts += ["and hangs" if high else "hangs"] if any(run.hung for run in runs) else []
    return " ".join(parts)


def _named(labels: Sequence[tuple[str, str]]) -> str:
    each: dict[str, list[str]] = {}
    for transport, level in labels:
        each.setdefault(transport, []).append(level)
    return ", ".join(f"{transport} {'/'.join(levels)}" for transport, levels in each.items())
