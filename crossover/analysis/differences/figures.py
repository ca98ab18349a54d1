"""The figure of each run, with the conditions under which it ran, for results of any kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from crossover.analysis.shared_counters import broke_promise
from crossover.analysis.trust.warnings import disturbances, is_short
from crossover.analysis.verdict import GOOD_ENDINGS, damage
from crossover.results.comparison import Result
from crossover.results.conclusions.difference import P99
from crossover.results.conclusions.findings import ValueComparison
from crossover.results.job import JobRun
from crossover.results.kinds import AnyResult, file_kind
from crossover.results.records import COMPARISON, JOB, OPEN, SAFETY, SHARE, Run
from crossover.results.safety import SYMPTOMS, SafetyRun
from crossover.results.share import ShareRun

AnyRun = Run | SafetyRun | ShareRun | JobRun
THROUGHPUT, UPDATES, NOTHING = "tasks/s", "updates/s", ""
DIFFERING = "tasks whose values differ between runs"
VISIBLE_ERROR = "E"  # an error that the producer saw is no harm

CONDITIONS: Mapping[str, Callable[[Any], str]] = {
    "safety": str,
    "fault": str,
    "workload": str,
    "workers": lambda count: f"{count:,} worker{'s' if count > 1 else ''}",
    "batch": lambda count: f"batch {count:,}",
    "payload_bytes": lambda size: f"{size:,} bytes",
    "rate": lambda rate: f"{rate:,.6g} tasks/s",
    "fraction": lambda part: f"at {part:.0%}",
    "mode": lambda mode: f"{mode} loop",
}


class RunFigure(NamedTuple):
    """The figure of one run.

    Attributes:
        label: of the transport or shared state.
        conditions: name of a setting → its value.
        unit: of the value.
        value: None if the run was damaged.
        harm: what went wrong → how often.
        short: whether it was too short to prove anything.
        disturbed: whether something else took CPU time from it.
    """

    label: str
    conditions: Mapping[str, Any]
    unit: str
    value: float | None
    harm: Counter[str]
    short: bool = False
    disturbed: bool = False


def run_figures(result: AnyResult) -> list[RunFigure]:
    """Return the figure of each run."""
    figure = FIGURES[file_kind(result)]
    found = [figure(run) for run in result.runs]
    if isinstance(result, Result) and result.values is not None and result.values.differing:
        for one in found:
            one.harm.update({DIFFERING: result.values.differing} if one.label in _involved(result.values) else {})
    return found


def _involved(values: ValueComparison) -> set[str]:
    """Return the transports between or within which values differ."""
    return {*values.changing, *(label for alike in values.alike if len(values.alike) > 1 for label in alike)}


def _of_cell(run: SafetyRun) -> RunFigure:
    return RunFigure(run.transport, _conditions(run, "safety", "fault"), NOTHING, None, _symptoms(run))


def _of_counter(run: ShareRun) -> RunFigure:
    sound = not broke_promise(run) and _ended(run) and run.updates_per_second
    rate = run.updates_per_second if sound else None
    return RunFigure(run.state, _conditions(run, "workers"), UPDATES, rate, _lost(run))


def _of_job(run: JobRun) -> RunFigure:
    harm = Counter({what: count for what, count in (("failed", run.failed), ("worker deaths", run.deaths)) if count})
    sound = _ended(run) and run.done and run.throughput
    return RunFigure(
        run.transport, _conditions(run, "safety", "workers"), THROUGHPUT, run.throughput if sound else None, harm
    )


def _of_transport(run: Run) -> RunFigure:
    conditions = _conditions(run, "workload", "safety", "workers", "batch", "payload_bytes") | {"mode": run.load.mode}
    harm = Counter({what: count for what, count in _counts(run).items() if count})
    if not _ended(run):
        harm[run.ending.partition(":")[0]] += 1
    trust = is_short(run), any(disturbances(run))
    if run.load.mode != OPEN:
        sound = run.throughput and not damage(run)
        return RunFigure(run.transport, conditions, THROUGHPUT, run.throughput if sound else None, harm, *trust)
    at = {"rate": run.load.rate} if run.load.fraction is None else {"fraction": run.load.fraction}
    latency = None if damage(run) or run.latency_ms is None else run.latency_ms.p99
    return RunFigure(run.transport, conditions | at, P99, latency, harm, *trust)


def _conditions(run: AnyRun, *names: str) -> dict[str, Any]:
    return {name: getattr(run, name) for name in names}


def _counts(run: Run) -> dict[str, int]:
    names = ("lost", "failed", "corrupted", "duplicated", "unexpected")
    return {name: getattr(run.delivery, name) for name in names}


def _ended(run: Run | ShareRun | JobRun) -> bool:
    return run.ending.partition(":")[0] in GOOD_ENDINGS


def _lost(run: ShareRun) -> Counter[str]:
    """Count what was unexpected; that a state without synchronisation loses updates is expected."""
    harm = Counter({"given up": run.errors} if run.errors else {})
    if broke_promise(run):
        harm["lost or counted twice"] += (run.lost_updates or 0) + (run.unacknowledged or 0)
    if not _ended(run):
        harm[run.ending.partition(":")[0]] += 1
    return harm


def _symptoms(run: SafetyRun) -> Counter[str]:
    """Count runs by unexpected symptom; symptoms that may or may not occur do not count."""
    return Counter(
        SYMPTOMS[letter] for letter in run.symptoms if letter != VISIBLE_ERROR and letter.lower() not in run.expected
    )


FIGURES: Mapping[str, Callable[[Any], RunFigure]] = {
    COMPARISON: _of_transport,
    SAFETY: _of_cell,
    SHARE: _of_counter,
    JOB: _of_job,
}
"""Kind of a result file → what returns the figure of a run."""
