"""The safety matrix in words."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from rich.text import Text

from crossover.derived.losses import fates_of_accepted
from crossover.report.wording.figures import plural
from crossover.results.records import Delivered
from crossover.results.safety import SafetyResult, SafetyRun

WORSE = {"H": "hung", "C": "returned a wrong value", "U": "returned an outcome that belongs to no task"}  # than a loss
WORDS = {"L": "lost", "D": "dup.", "H": "hung", "E": "error", "C": "corr.", "U": "unexp."}
"""The letters of a cell, in a short word each."""
NAMED = 4  # losses that are named one by one
FEW = 3  # transports; what their levels switch is shown
MOST_SAID = 24  # rows of what was seen
WHILE = 0.5  # seconds
COSTS = (
    "tasks/s: with tasks that do nothing and no fault. lost, dup.: tasks lost and duplicated when a busy worker is "
    "killed."
)


def headline(result: SafetyResult) -> str:
    """Return what was measured."""
    plan = result.plan
    if result.self_test and not result.runs and not result.unmeasured:
        return "safety: self-test of the checker only"
    rounds = "" if plan.rounds == 1 else f", {plan.rounds} rounds"
    workers = plural(plan.workers, "worker")
    return f"{plan.workload}: {plan.tasks:,} tasks per run{rounds}, {workers}, window {plan.window}, one fault per run"


def self_test(result: SafetyResult) -> Iterator[Text]:
    """Yield how many of the planted errors the checker found."""
    if result.self_test:
        found = ", ".join(f"{one.what} {one.found}/{one.planted}" for one in result.self_test if one.planted)
        if all(one.found == one.planted for one in result.self_test):
            yield Text(f"Self-test: the checker found all planted errors ({found}).")
        else:
            yield Text(f"Self-test: the checker did NOT find the planted errors ({found}). Do not trust these results.")


def losses(result: SafetyResult) -> Iterator[str]:
    """Yield which transports lost tasks under a fault, and whether that was expected."""
    struck = [run for run in result.runs if run.fault != "none"]
    if not struck:
        return
    lossy = sorted(
        (run for run in struck if run.delivery.lost), key=lambda run: -run.delivery.lost / max(1, run.delivery.accepted)
    )
    runs = plural(len(struck), "run")
    if lossy:
        named = ", ".join(
            f"{run.transport} {run.safety} under {run.fault} ({run.delivery.lost:,} of {run.delivery.accepted:,})"
            for run in lossy[:NAMED]
        )
        more = f" and {len(lossy) - NAMED} more" if len(lossy) > NAMED else ""
        yield f"{len(lossy)} of {runs} with a fault lost accepted tasks: {named}{more}."
    else:
        yield f"No accepted task was lost in {runs} with a fault."
    for letter, what in WORSE.items():
        if found := [f"{run.transport} {run.safety} under {run.fault}" for run in struck if letter in run.symptoms]:
            more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
            yield f"{len(found)} of {runs} {what}: {', '.join(found[:NAMED])}{more}."
    differs = sum(bool(run.differs) for run in struck)
    yield "All runs ended as expected." if not differs else f"{plural(differs, 'run')} did not end as expected."


def bound(result: SafetyResult) -> Iterator[Text]:
    """Yield the bound on the loss rate of the cells that lost nothing, over all their rounds."""
    cells: dict[tuple[str, str, str], list[Delivered]] = {}
    for run in result.runs:
        if run.fault != "none":
            cells.setdefault((run.transport, run.safety, run.fault), []).append(run.delivery)
    bounds = sorted(one_in for rounds in cells.values() if (one_in := fates_of_accepted(rounds).one_in))
    if bounds:
        fewest, most = bounds[0], bounds[-1]
        best = f" (1 in {most:,} where most tasks were accepted)" if most > fewest else ""
        yield Text(
            "Where no task was lost, that is a bound, not a proof: at 95% confidence, "
            f"fewer than 1 task in {fewest:,} is lost{best}. "
            "Data that the kernel has not yet written to disk survives SIGKILL, but not a power failure."
        )


def recovery(result: SafetyResult) -> Iterator[Text]:
    """Yield the seconds until all tasks accepted before the fault were done, where it took more than half a second."""
    rows: dict[str, dict[str, list[float]]] = {}
    for run in result.runs:
        if run.recovery_seconds is not None and run.recovery_seconds > WHILE:
            row = rows.setdefault(f"{run.transport} {run.safety}", {})
            row.setdefault(run.fault, []).append(run.recovery_seconds)
    if rows:
        yield Text("Seconds from the fault until all tasks accepted before it were done:")
    for label, row in rows.items():
        figures = ", ".join(f"{fault} {statistics.median(seconds):.1f}" for fault, seconds in row.items())
        yield Text(f"  {label}: {figures}")


def observations(result: SafetyResult) -> Iterator[Text]:
    """Yield what was observed in which cell; the cells that are not as expected come first."""
    said = [run for run in result.runs if run.differs]
    for run in said[:MOST_SAID]:
        where = f"{run.transport} {run.safety}, {run.fault}:"
        yield Text.assemble((where, "magenta"), f" {run.differs} ({run.source})")
        yield Text(f"  {_what(run)}")
    if len(said) > MOST_SAID:
        yield Text(f"… and {len(said) - MOST_SAID} more runs that did not end as expected (see --json)")
    if said:
        yield Text("The journals of these runs are kept; the result file names the folders.")
    if len(result.runs) <= MOST_SAID:
        for run in result.runs:
            if run.symptoms and not run.differs:
                yield Text(f"{run.transport} {run.safety}, {run.fault}: {_what(run)}")


def level_settings(result: SafetyResult) -> Iterator[tuple[str, str]]:
    """Yield transport and level → what the level sets."""
    yield from {f"{run.transport} {run.safety}": run.settings for run in result.runs if run.settings}.items()


def has_room_for_settings(result: SafetyResult) -> bool:
    """Return whether there is room for what the levels of each transport set."""
    return len(result.plan.transports) <= FEW


def legend(result: SafetyResult) -> str:
    """Return what the signs in the matrix mean."""
    signs = ["0 no harm"]
    signs += ["· does not apply"] if any(cell.meaningless for cell in result.unmeasured) else []
    signs += ["? not measured"] if any(not cell.meaningless for cell in result.unmeasured) else []
    signs += ["blank: not run yet"] if not result.finished else []
    signs += ["! not as expected"] if any(run.differs for run in result.runs) else []
    return f"{', '.join(signs)}. Numbers count tasks over all rounds."


def _what(run: SafetyRun) -> str:
    delivery = run.delivery
    counts = {
        "lost": delivery.lost,
        "duplicated": delivery.duplicated,
        "done, but the outcome was not received": delivery.uncollected or 0,
        "corrupted": delivery.corrupted,
        "unexpected": delivery.unexpected,
        "started after a later task": delivery.reordered,
    }
    found = [f"{count} {what}" for what, count in counts.items() if count]
    found += [run.why_hung] if run.hung else []
    found += [f"recovered in {run.recovery_seconds:.1f} s"] if run.recovery_seconds is not None else []
    found += [f"error: {run.error}"] if run.error else []
    return f"of {delivery.accepted} accepted: " + "; ".join(found or ["all done exactly once"])
