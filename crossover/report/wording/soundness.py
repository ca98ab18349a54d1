"""What came back in all runs together: whether the values are the same, and what it means that nothing was lost."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from crossover.report.wording.figures import said
from crossover.results.comparison import Result
from crossover.results.records import RULE_OF_THREE, End


def values(result: Result) -> Iterator[Text]:
    """Say whether every run gave the same values."""
    finished = [run for run in result.runs if run.ending == End.FINISHED and not result.plan.payloads]
    by_tasks: dict[int, set[str]] = {}
    for run in finished:
        by_tasks.setdefault(run.tasks, set()).add(run.value_digest)
    digests = max(by_tasks.values(), key=len, default=set())
    if len(digests) == 1 and any(run.delivery.completed > run.delivery.corrupted for run in finished):
        of_all = len(by_tasks) == 1
        yield Text(
            f"Every run gave the same values (value_digest {digests.pop()})."
            if of_all
            else "Runs of as many tasks gave the same values."
        )
    elif len(digests) > 1:
        hint = "A function whose values depend on time or chance needs a check." if ":" in result.plan.workload else ""
        many = f"{len(digests)} different value_digests. {hint}".rstrip()
        yield said("red", "The runs did not all give the same values:", many)


def bound(result: Result) -> Iterator[str]:
    """Say what no loss means."""
    completed: dict[str, int] = {}
    for run in result.runs:
        completed[run.transport] = completed.get(run.transport, 0) + run.delivery.completed
    tried = min(completed.values(), default=0)
    if tried >= 2 * RULE_OF_THREE and not any(run.delivery.lost for run in result.runs):
        bound = f"fewer than 1 in {tried // RULE_OF_THREE:,}"
        yield f"No loss in {tried:,} tasks each: {bound} at 95 % confidence, as long as nothing dies."
