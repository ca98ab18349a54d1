"""What the safety matrix comes to, in words."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from rich.text import Text

from crossover.report.wording.figures import plural
from crossover.results.records import RULE_OF_THREE
from crossover.results.safety import SafetyResult, SafetyRun

WORSE = {"H": "hung", "C": "gave a wrong value", "U": "brought an outcome of no task"}  # than what nobody promises
WORDS = {"L": "lost", "D": "dup.", "H": "hung", "E": "error", "C": "corr.", "U": "unexp."}
"""The letters of a cell, in a short word each."""
NAMED = 4  # losses that are named one by one
FEW = 3  # transports; what their levels switch is shown
MOST_SAID = 24  # rows of what was seen
WHILE = 0.5  # seconds
COSTS = "Tasks/s with nothing to do, against tasks lost and duplicated with a busy worker that is killed."


def headline(result: SafetyResult) -> str:
    """Return what was asked for."""
    plan = result.plan
    if result.self_test and not result.runs and not result.unmeasured:
        return "safety: the checker alone"
    rounds = "" if plan.rounds == 1 else f" in each of {plan.rounds} rounds"
    return f"{plan.workload}: {plan.tasks:,} tasks{rounds}, {plan.workers} workers, window {plan.window}, a fault each"


def checker(result: SafetyResult) -> Iterator[Text]:
    """Say what the checker found of what was planted."""
    if result.self_test:
        found = ", ".join(f"{one.what} {one.found}/{one.planted}" for one in result.self_test if one.planted)
        if all(one.found == one.planted for one in result.self_test):
            yield Text(f"The checker found what was planted: {found}.")
        else:
            yield Text(f"The checker did NOT find just what was planted: {found}. Believe none of what follows.")


def losses(result: SafetyResult) -> Iterator[str]:
    """Say who lost something under a fault, and whether that was expected."""
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
        yield f"{len(lossy)} of {runs} with a fault lost tasks that had been accepted: {named}{more}."
    else:
        yield f"Nothing that had been accepted was lost in {runs} with a fault."
    for letter, what in WORSE.items():
        if found := [f"{run.transport} {run.safety} under {run.fault}" for run in struck if letter in run.symptoms]:
            more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
            yield f"{len(found)} of {runs} {what}: {', '.join(found[:NAMED])}{more}."
    differs = sum(bool(run.differs) for run in struck)
    yield "All came out as expected." if not differs else f"{differs} did not come out as expected."


def bound(result: SafetyResult) -> Iterator[Text]:
    """Say what "nothing lost" means, over all rounds of a cell."""
    accepted: dict[tuple[str, str, str], int] = {}
    lost: set[tuple[str, str, str]] = set()
    for run in result.runs:
        key = (run.transport, run.safety, run.fault)
        accepted[key] = accepted.get(key, 0) + run.delivery.accepted
        lost |= {key} if run.delivery.lost else set()
    harmless = {key: count for key, count in accepted.items() if key not in lost and key[-1] != "none"}
    tried = sorted(count for count in harmless.values() if count >= RULE_OF_THREE)
    if tried:
        bounds = dict.fromkeys((f"1 in {tried[0] // RULE_OF_THREE:,}", f"1 in {tried[-1] // RULE_OF_THREE:,}"))
        yield Text(
            f"Where nothing was lost, that is a bound: fewer than {' to '.join(bounds)} tasks, at 95 % confidence. "
            "A SIGKILL spares what the system has in memory for the disk; a power cut would not."
        )


def recovery(result: SafetyResult) -> Iterator[Text]:
    """Say how long it took until all that had been accepted before a strike was done, where that took a while."""
    rows: dict[str, dict[str, list[float]]] = {}
    for run in result.runs:
        if run.recovery_seconds is not None and run.recovery_seconds > WHILE:
            row = rows.setdefault(f"{run.transport} {run.safety}", {})
            row.setdefault(run.fault, []).append(run.recovery_seconds)
    if rows:
        yield Text("Seconds from the strike until all that had been accepted before was done:")
    for label, row in rows.items():
        figures = ", ".join(f"{fault} {statistics.median(seconds):.1f}" for fault, seconds in row.items())
        yield Text(f"  {label}: {figures}")


def seen(result: SafetyResult) -> Iterator[Text]:
    """Say what was seen in which cell, first what is not as expected."""
    said = [run for run in result.runs if run.differs]
    for run in said[:MOST_SAID]:
        where = f"{run.transport} {run.safety}, {run.fault}:"
        yield Text.assemble((where, "magenta"), f" {run.differs} ({run.source})")
        yield Text(f"  {_what(run)}")
    if len(said) > MOST_SAID:
        yield Text(f"… and {len(said) - MOST_SAID} more that are not as expected (see --json)")
    if said:
        yield Text("The journals of these are kept; the result names the folders.")
    if len(result.runs) <= MOST_SAID:
        for run in result.runs:
            if run.symptoms and not run.differs:
                yield Text(f"{run.transport} {run.safety}, {run.fault}: {_what(run)}")


def switched(result: SafetyResult) -> Iterator[tuple[str, str]]:
    """Return transport and level → what that level switches."""
    yield from {f"{run.transport} {run.safety}": run.settings for run in result.runs if run.settings}.items()


def few(result: SafetyResult) -> bool:
    """Return whether there is room for what the levels of each transport switch."""
    return len(result.plan.transports) <= FEW


def signs(result: SafetyResult) -> str:
    """Say what the signs of any matrix mean."""
    signs = ["0 no harm"]
    signs += ["· means nothing there"] if any(cell.meaningless for cell in result.unmeasured) else []
    signs += ["? could not be measured"] if any(not cell.meaningless for cell in result.unmeasured) else []
    signs += ["blank: not run yet"] if not result.finished else []
    signs += ["! not as expected"] if any(run.differs for run in result.runs) else []
    return f"{', '.join(signs)}. With a number: of tasks, all rounds."


def _what(run: SafetyRun) -> str:
    delivery = run.delivery
    counts = {
        "lost": delivery.lost,
        "duplicated": delivery.duplicated,
        "done, but no outcome came back": delivery.uncollected or 0,
        "corrupted": delivery.corrupted,
        "unexpected": delivery.unexpected,
        "begun after a later one": delivery.reordered,
    }
    found = [f"{count} {what}" for what, count in counts.items() if count]
    found += [run.why_hung] if run.hung else []
    found += [f"recovered in {run.recovery_seconds:.1f} s"] if run.recovery_seconds is not None else []
    found += [f"error: {run.error}"] if run.error else []
    return f"of {delivery.accepted} accepted: " + "; ".join(found or ["all done once"])
