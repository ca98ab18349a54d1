"""What a comparison of transports has measured."""

from __future__ import annotations

from collections.abc import Iterator

from crossover.contract.text import byte_count
from crossover.derived.rounds import at_most
from crossover.report.wording.figures import or_dash, plural
from crossover.results.comparison import Result
from crossover.results.kinds import Kind, kind_of
from crossover.results.records import Plan


def headline(result: Result) -> str:
    """Return what was measured."""
    plan, kind = result.plan, kind_of(result)
    what, load = f"{work_words(result)}{_payload(result)}", f" {window_words(plan)},"
    if kind is Kind.RATE:
        load = f" {or_dash(plan.rate)} tasks/s,"
    if kind is Kind.PAYLOAD_SIZES:
        what, load = f"{', '.join(map(byte_count, plan.payloads))} bytes", ""
    until = "" if plan.until_within is None else f" (auto: until ± {plan.until_within:.0%})"
    return (
        f"{_what_runs(result)}: {what}, {_rounds_done(result)}{until}, {plural(plan.workers, 'worker')}, "
        f"batch {plan.batch:,},{load} {plan.safety} safety"
    )


def plan_line(result: Result) -> str:
    """Return in a short line what each transport did."""
    plan = result.plan
    batch = f", {plan.batch:,} tasks per message" if plan.batch > 1 else ""
    name = f"{plan.workload}: " if result.task is None else ""  # else the sentence before begins with it
    return f"{name}{work_words(result)}{_payload(result)}, {_rounds_done(result)}{batch}, {plan.safety} safety level"


def work_words(result: Result) -> str:
    """Return how many tasks a run has, and whether the input repeats."""
    plan = result.plan
    repeats = plan.least_seconds is not None and any(run.tasks > plan.tasks for run in result.runs)
    return plural(plan.tasks, "task") + (f" (repeated for {plan.least_seconds:g} s)" if repeats else "")


def _rounds_done(result: Result) -> str:
    """Return how many rounds there were, in words; where the slow ones had fewer, the fewest too."""
    if not at_most(result.plan):
        return plural(result.plan.rounds, "round")
    done = list({run.transport: run.round for run in sorted(result.runs, key=lambda run: run.round)}.values())
    most, fewest = max(done, default=0), min(done, default=0)
    return plural(most, "round") if most == fewest else f"{fewest} to {most} rounds"


def window_words(plan: Plan) -> str:
    """Return the window of a plan, in words."""
    if not plan.windows:
        return f"window {plan.window:,}"
    low, high = min(plan.windows.values()), max(plan.windows.values())
    return f"window {low:,} (auto)" if low == high else f"windows {low:,} to {high:,} (auto)"


def _what_runs(result: Result) -> str:
    plan = result.plan
    return plan.workload if plan.against is None else f"{plan.workload} against {plan.against}"


def backlog_headline(result: Result) -> str:
    """Return what was measured, of backlogs."""
    plan = result.plan
    return (
        f"{_what_runs(result)}: a backlog of {plan.tasks:,} tasks{_payload(result)}, {plural(plan.rounds, 'round')}, "
        f"{plural(plan.workers, 'worker')}, batch {plan.batch:,}, {plan.safety} safety"
    )


def backlog_notes(result: Result) -> Iterator[str]:
    """Yield the sentences that explain the table of backlogs."""
    yield "fill/s: tasks accepted while the workers were paused. drain/s: tasks done once the workers went on."
    if result.backlogs:
        small = any(point.bytes_per_task is None and point.memory_bytes is not None for point in result.backlogs)
        yield (
            "MiB: growth in resident memory of the process that holds the backlog, the largest of the rounds"
            + ("; bytes/task: only if it grew by 8 MiB or more." if small else ".")
        )


def _payload(result: Result) -> str:
    size = result.plan.payload_bytes
    return "" if size is None else f" of {size:,} bytes"
