"""Whether all runs returned the same values, in words: what differs, what that may depend on, what to do."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from crossover.report.wording.figures import coloured
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import ValueComparison
from crossover.results.kinds import Kind, kind_of
from crossover.results.records import End

DIFFERENT = "The runs did not all return the same values:"
FROM_RUN_TO_RUN = (
    "so they may depend on time, random numbers, or the process: its id, the order of its sets, what earlier tasks left"
)
BETWEEN_TRANSPORTS = (
    "so they may depend on the process or thread that runs a task, on the order of tasks, or on the order of a set"
)
UNTOLD = "Without a check this cannot be told from a transport that damages values."


def values(result: Result) -> Iterator[Text]:
    """Yield the sentences on whether all runs returned the same values."""
    digests, of_all = _digests(result)
    found = result.values
    if found is not None and found.differing:
        yield coloured(
            "red", DIFFERENT, " ".join([_count(found, digests), *_differences(result, found), _remedy(result)])
        )
    elif len(digests) > 1:
        yield _different_digests(result, digests)
    elif len(digests) == 1 and any(run.delivery.completed > run.delivery.corrupted for run in result.runs):
        yield Text(
            f"All runs returned the same values (value_digest {digests.pop()})."
            if of_all
            else "Runs with the same number of tasks returned the same values."
        )


def _digests(result: Result) -> tuple[set[str], bool]:
    """Return the most digests of runs with the same number of tasks, and whether all runs have that number."""
    by_tasks: dict[int, set[str]] = {}
    for run in result.runs:
        if run.ending == End.FINISHED and kind_of(result) not in {Kind.PAYLOAD_SIZES, Kind.SCALE}:
            by_tasks.setdefault(run.tasks, set()).add(run.value_digest)
    return max(by_tasks.values(), key=len, default=set()), len(by_tasks) == 1


def _different_digests(result: Result, digests: set[str]) -> Text:
    """Return the sentence on digests that differ where no value was compared with another."""
    many = f"{len(digests)} different value_digests."
    if result.values is not None and not result.values.checked:
        return Text("No task returned different values in different runs, but not every run returned all values.")
    if any(run.delivery.corrupted or run.delivery.failed or run.delivery.lost for run in result.runs):
        return coloured("red", DIFFERENT, many)
    if result.values is not None and result.values.checked:
        return Text(f"{DIFFERENT} {many} The check accepted all of them.")
    hint = "A function whose values depend on time or chance needs a check function."
    return coloured("red", DIFFERENT, f"{many} {hint}" if ":" in result.plan.workload else many)


def _count(found: ValueComparison, digests: set[str]) -> str:
    different = f"{len(digests)} different value_digests. " if len(digests) > 1 else ""
    return f"{different}{found.differing:,} of {found.tasks:,} tasks differ."


def _differences(result: Result, found: ValueComparison) -> Iterator[str]:
    """Yield where values differ, and what they may depend on."""
    alike = [", ".join(labels) for labels in found.alike]
    if found.changing:
        yield f"Values change from run to run of {', '.join(found.changing)}, {FROM_RUN_TO_RUN}."
    if result.plan.against is not None and not found.changing and _by_version(result, found):
        yield f"{result.plan.workload} and {result.plan.against} do not do the same."
        return
    if len(alike) > 1:
        yield f"Values differ between transports ({' | '.join(alike)}), {BETWEEN_TRANSPORTS}."
        if len({run.transport for run in result.runs}) == len(result.runs):
            yield "One run of each cannot show whether they also change from run to run (-r 2 does)."
    elif alike and found.changing:
        yield f"They are the same in all runs of {alike[0]}."
    yield UNTOLD


def _by_version(result: Result, found: ValueComparison) -> bool:
    """Return whether values differ only between two versions of a function."""
    others = set(result.plan.compared_with.values())
    return sorted(map(sorted, found.alike)) == sorted(map(sorted, [others, {*result.plan.transports} - others]))


def _remedy(result: Result) -> str:
    name = result.plan.workload
    if result.plan.against is not None:
        return "If both are right, decide so with a check of each"
    check = f"{name}.check = lambda item, value: ..." if ":" in name else "a workload that checks its values"
    return f"Let it return the same value for the same item, or decide what is right with a check: {check}"
