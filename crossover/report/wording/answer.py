"""The headline and the answer in three sentences, with which every face opens."""

from __future__ import annotations

from collections.abc import Iterator

from crossover.report.terminal import backlogs as backlog_terminal
from crossover.report.terminal import safety as safety_terminal
from crossover.report.terminal import scaling as scale_terminal
from crossover.report.terminal import share as share_terminal
from crossover.report.terminal.crossing import enough, leaving
from crossover.report.terminal.loads import load_answer
from crossover.report.terminal.payload_sizes import size_of, sizes
from crossover.report.terminal.throughput import ranked, ranking
from crossover.report.wording import safety as safety_words
from crossover.report.wording import scaling as law_words
from crossover.report.wording.figures import figure, plural
from crossover.report.wording.share import verdicts
from crossover.report.wording.soundness import bound
from crossover.results.comparison import Result
from crossover.results.records import Record
from crossover.results.safety import SafetyResult
from crossover.results.share import ShareResult

MOST = 3  # sentences


def headline(result: Record) -> str:
    """Return what was asked for."""
    if isinstance(result, SafetyResult):
        return safety_terminal.headline(result)
    if isinstance(result, ShareResult):
        return share_terminal.headline(result)
    assert isinstance(result, Result)
    if result.plan.worker_counts:
        return scale_terminal.headline(result)
    return backlog_terminal.headline(result) if result.plan.backlog else _headline(result)


def answer(result: Record) -> list[str]:
    """Return the most important of what a result says; nothing where it says nothing."""
    if isinstance(result, SafetyResult):
        found = _safety(result)
    elif isinstance(result, ShareResult):
        found = (text.plain for text in verdicts(result))
    else:
        assert isinstance(result, Result)
        found = _scale(result) if result.plan.worker_counts else _compare(result)
    return [sentence for sentence in found if sentence][:MOST]


def _headline(result: Result) -> str:
    plan = result.plan
    payload = "" if plan.payload_bytes is None else f" of {plan.payload_bytes:,} bytes"
    what, window = f"{plan.tasks:,} tasks{payload}", f" window {plan.window:,},"
    if plan.rate is not None:
        window = f" {figure(plan.rate)} tasks/s,"
    if plan.payloads:
        what, window = f"{', '.join(map(size_of, plan.payloads))} bytes", ""
    rounds = plan.rounds if plan.until_within is None else max((run.round for run in result.runs), default=0)
    until = "" if plan.until_within is None else f" (auto: until ± {plan.until_within:.0%})"
    return (
        f"{plan.workload}: {what}, {plural(rounds, 'round')}{until}, {plural(plan.workers, 'worker')}, "
        f"batch {plan.batch:,},{window} {plan.safety} safety"
    )


def _compare(result: Result) -> Iterator[str]:
    yield " ".join(fastest for fastest, _ in ranking(result))
    yield " ".join(load_answer(result))
    yield " ".join(sizes(result))
    if result.crossing:
        if ranked(result):
            yield leaving(result.crossing)
        yield enough(result.crossing)
    yield from bound(result)


def _scale(result: Result) -> Iterator[str]:
    yield from law_words.recommended(result.laws)
    yield from law_words.advice(result.laws)


def _safety(result: SafetyResult) -> Iterator[str]:
    said = list(safety_words.losses(result))
    yield from said or (text.plain for text in safety_words.checker(result))
    yield from (text.plain for text in safety_words.bound(result))
