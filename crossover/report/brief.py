"""The answer in three sentences, in the words of the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crossover.contract.findings import Law, Standing, SweepPoint
from crossover.contract.records import Record
from crossover.contract.result import Result
from crossover.contract.safety_records import SafetyResult
from crossover.contract.share_records import ShareResult
from crossover.report import backlog_terminal, safety_terminal, scale_terminal, share_terminal, terminal
from crossover.report.crossing_terminal import enough
from crossover.report.load_terminal import load_answer
from crossover.report.sweep_terminal import size_of
from crossover.report.words import figure, plural

MOST = 3  # sentences
NAMED = 4  # losses that are named one by one


def headline(result: Record) -> str:
    """Return what was asked for."""
    if isinstance(result, SafetyResult):
        return safety_terminal.headline(result)
    if isinstance(result, ShareResult):
        return share_terminal.headline(result)
    assert isinstance(result, Result)
    if result.plan.worker_counts:
        return scale_terminal.headline(result)
    return backlog_terminal.headline(result) if result.plan.backlog else terminal.headline_of(result)


def answer(result: Record) -> list[str]:
    """Return the most important of what a result says; nothing where it says nothing."""
    if isinstance(result, SafetyResult):
        found = _safety(result)
    elif isinstance(result, ShareResult):
        found = (text.plain for text in share_terminal.verdicts(result))
    else:
        assert isinstance(result, Result)
        found = _scale(result.laws) if result.plan.worker_counts else _compare(result)
    return [sentence for sentence in found if sentence][:MOST]


def _compare(result: Result) -> Iterator[str]:
    yield " ".join(fastest for fastest, _ in terminal.ranking(result))
    yield " ".join(load_answer(result))
    yield _sizes(result.sweep)
    if result.crossing:
        if terminal.ranked(result):
            yield terminal.leaving(result.crossing)
        yield enough(result.crossing)
    yield from terminal.bound(result)


def _sizes(points: Sequence[SweepPoint]) -> str:
    """Say who is the fastest with payloads of each size, in each group."""
    found = [
        f"{one.transport} with {size_of(one.payload_bytes)} ({figure(one.throughput)} tasks/s)"
        for one in points
        if one.standing is Standing.FASTEST
    ]
    return f"Fastest: {', '.join(found)}." if found else ""


def _scale(laws: Sequence[Law]) -> Iterator[str]:
    each = ", ".join(f"{law.transport} {plural(law.recommended_workers, 'worker')}" for law in laws)
    if each:
        yield f"Recommended: {each}; the fewest within 5 % of the best."
    yield from (f"{law.transport}: {law.advice}" for law in laws if law.advice)


def _safety(result: SafetyResult) -> Iterator[str]:
    struck = [run for run in result.runs if run.fault != "none"]
    if not struck:
        yield from (text.plain for text in safety_terminal.checker(result))
        return
    lossy = [run for run in struck if run.delivery.lost]
    cells = plural(len(struck), "run")
    if not lossy:
        yield f"Nothing that had been accepted was lost in {cells} with a fault."
    else:
        worst = sorted(lossy, key=lambda run: -run.delivery.lost / max(1, run.delivery.accepted))
        named = ", ".join(
            f"{run.transport} {run.safety} under {run.fault} ({run.delivery.lost:,} of {run.delivery.accepted:,})"
            for run in worst[:NAMED]
        )
        more = f" and {len(worst) - NAMED} more" if len(worst) > NAMED else ""
        yield f"{len(lossy)} of {cells} with a fault lost tasks that had been accepted: {named}{more}."
    differs = sum(bool(run.differs) for run in struck)
    yield "All came out as expected." if not differs else f"{differs} did not come out as expected."
    yield from (text.plain for text in safety_terminal.bound(result))
