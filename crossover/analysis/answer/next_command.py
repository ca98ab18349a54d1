"""The next command to type: the one that answers what this result leaves open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossover.analysis.answer.choices import fastest_limited
from crossover.contract.safety import Safety
from crossover.derived.labels import without_workers
from crossover.results.comparison import Result
from crossover.results.conclusions.answer import Answer
from crossover.results.conclusions.findings import Limit

ALONE = "serial"  # the transport that runs the tasks in the producer: what fails there fails by itself
SEEN_ALONE = 100  # tasks that show how they fail


def next_command(result: Result, answer: Answer) -> list[str]:
    """Return the words of the next command after `crossover`; none where nothing is left open.

    Args:
        result: of `compare`, with its summary.
        answer: what is known to follow from it.
    """
    plan = result.plan
    if answer.not_proven is not None:
        tasks = ["-n", str(answer.not_proven.tasks)] if answer.not_proven.tasks else []
        typed = _without(plan.command, ("-r", "--rounds", *(("-n", "--tasks") if tasks else ())))
        return [*typed, *tasks, "-r", str(answer.not_proven.rounds)]
    best = answer.local or answer.remote
    if best is None:
        return _after_nothing(result)
    remote = answer.remote
    if remote is not None and best.limit is not Limit.WORKERS and plan.safety != Safety.SAFE and answer.safe_survives:
        of = ["-w", str(remote.workers)]
        return ["compare", without_workers(remote.transport), *work_options(result, Safety.SAFE), *of]
    return ["scale", without_workers(best.transport), *work_options(result)]


def _without(words: Sequence[str], options: Sequence[str]) -> Iterator[str]:
    """Yield the words of a command without some options and their values."""
    given = iter(words)
    for word in given:
        if word in options:
            next(given, None)
        elif not word.startswith(tuple(f"{option}=" if option.startswith("--") else option for option in options)):
            yield word


def _after_nothing(result: Result) -> list[str]:
    """Return what shows why nothing can be recommended."""
    if any(run.delivery.failed or run.delivery.corrupted for run in result.runs):
        return ["compare", ALONE, *work_options(result), "-n", str(min(SEEN_ALONE, result.plan.tasks)), "-r", "1"]
    if lost := [run.transport for run in result.runs if run.delivery.lost or run.delivery.duplicated]:
        return ["safety", *dict.fromkeys(map(without_workers, lost))]
    most = fastest_limited(result.summary)
    return ["scale", without_workers(most.transport), *work_options(result)] if most is not None else []


def work_options(result: Result, safety: str = "") -> Iterator[str]:
    """Yield the options that say what runs, as they were typed."""
    plan = result.plan
    yield from ("-W", plan.workload)
    if plan.input is not None:
        yield from ("-i", plan.input)
    level = safety or plan.safety
    if level != Safety.DEFAULT:
        yield from ("-s", str(level))
    if plan.batch > 1:
        yield from ("-b", str(plan.batch))
