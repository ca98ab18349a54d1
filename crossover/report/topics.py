"""What every face shows of a result below its answer, in this order; only what the result has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.text import Text

from crossover.report.terminal import backlogs as backlog_terminal
from crossover.report.terminal import costs as costs_terminal
from crossover.report.terminal import crossing as crossing_terminal
from crossover.report.terminal import hops as hops_terminal
from crossover.report.terminal import loads as load_terminal
from crossover.report.terminal import matrix as matrix_terminal
from crossover.report.terminal import payload_sizes as sweep_terminal
from crossover.report.terminal import safety as safety_terminal
from crossover.report.terminal import scaling as scale_terminal
from crossover.report.terminal import share as share_terminal
from crossover.report.terminal.latency import CLOSED_LOOP, latencies
from crossover.report.terminal.layout.tables import Grid, SideBySide
from crossover.report.terminal.throughput import noise, ranked, ranking, throughput
from crossover.report.wording import safety as safety_words
from crossover.report.wording import scaling as law_words
from crossover.report.wording import share as share_words
from crossover.report.wording.answer import answer
from crossover.report.wording.soundness import bound, values
from crossover.results.comparison import Result
from crossover.results.findings import Law
from crossover.results.kinds import AnyResult
from crossover.results.safety import SafetyResult
from crossover.results.share import ShareResult


@dataclass(frozen=True)
class Topic:
    """A part of a result under a title of its own.

    Attributes:
        name: of what it is about, by which the page finds its charts.
        notes: sentences above the tables.
        tables: of the terminal, with all that the sentences rest on.
        after: sentences that explain what is above.
        law: of the transport that it is about, where it is about one.
    """

    name: str
    title: str
    notes: Sequence[Text] = ()
    tables: Sequence[Grid | SideBySide] = ()
    after: Sequence[Text] = ()
    law: Law | None = None


def outline(result: AnyResult) -> list[Topic]:
    """Return all topics, without what the answer has said already."""
    if isinstance(result, SafetyResult):
        found = _safety(result)
    elif isinstance(result, ShareResult):
        found = _share(result)
    else:
        found = _scale(result) if result.plan.worker_counts else _compare(result)
    said = answer(result)
    topics = [replace(topic, notes=_new(topic.notes, said), after=_new(topic.after, said)) for topic in found]
    return [topic for topic in topics if topic.notes or topic.tables]


def _new(notes: Sequence[Text], said: Sequence[str]) -> list[Text]:
    return [note for note in notes if not any(note.plain in sentence for sentence in said)]


def _texts(sentences: Iterator[str]) -> list[Text]:
    return [Text(sentence) for sentence in sentences if sentence]


def _compare(result: Result) -> Iterator[Topic]:
    said = [*_texts(load_terminal.load_answer(result)), *values(result), *_texts(bound(result))]
    if result.plan.payloads:
        said = [*_texts(sweep_terminal.sizes(result)), *said]
        tables, after = sweep_terminal.sweep(result), _texts(sweep_terminal.notes(result))
        yield Topic("payloads", "Payloads of several sizes", said, tables, after)
        return
    said = [*_ranked(result), *said]
    if result.plan.backlog:
        after = _texts(backlog_terminal.notes(result))
        yield Topic("backlogs", "Backlogs", said, backlog_terminal.backlogs(result), after)
        yield Topic("costs", costs_terminal.TITLE, (), costs_terminal.costs(result), [Text(costs_terminal.EXPLAINED)])
        return
    explained = _texts(load_terminal.notes(result))
    if result.plan.rate is not None:
        yield Topic("latency", "Latency", said, load_terminal.loads(result), explained)
    else:
        yield Topic("throughput", "Throughput", said, throughput(result))
        yield Topic("latency", "Latency", (), latencies(result), [Text(CLOSED_LOOP)])
        yield Topic("loads", "Latency against load", (), load_terminal.loads(result), explained)
    after = _texts(hops_terminal.notes(result))
    yield Topic("hops", hops_terminal.heading(result), (), hops_terminal.hops(result), after)
    yield Topic("costs", costs_terminal.TITLE, (), costs_terminal.costs(result), [Text(costs_terminal.EXPLAINED)])
    yield from _crossing(result)


def _ranked(result: Result) -> Iterator[Text]:
    for fastest, slower in ranking(result):
        yield from _texts(iter((fastest, slower)))
    yield from _texts(noise(result))
    if result.crossing and ranked(result):
        yield Text(crossing_terminal.leaving(result.crossing))


def _crossing(result: Result) -> Iterator[Topic]:
    enough = crossing_terminal.enough(result.crossing) if result.crossing else ""
    after = [Text(crossing_terminal.EXTRAPOLATED)] if enough else []
    tables = crossing_terminal.crossing(result.summary, result.crossing)
    yield Topic("crossing", crossing_terminal.TITLE, _texts(iter([enough])), tables, after)
    yield Topic("checks", crossing_terminal.CHECKED, (), crossing_terminal.checks(result.checks))


def _scale(result: Result) -> Iterator[Topic]:
    for law in result.laws:
        said = list(law_words.words(result, law))
        others = scale_terminal.other_settings(result, law)
        if len(others) > 1:
            said.append(Text(law_words.differences(others[0], others[1:], len(law.transport) + 1)))
        after = _texts(iter(law_words.other_work(result))) if law is result.laws[-1] else []
        yield Topic("scaling", f"Scaling: {law.transport}", said, scale_terminal.scaling(result, law), after, law)


def _safety(result: SafetyResult) -> Iterator[Topic]:
    explained = [Text(safety_terminal.COSTS)]
    yield Topic("safety costs", "What safety costs", (), safety_terminal.costs(result), explained)
    if result.runs or result.unmeasured:
        after = [Text(matrix_terminal.signs(result)), *safety_words.bound(result), *safety_words.recovery(result)]
        said = list(safety_words.checker(result))
        yield Topic("matrix", "What each fault does", said, matrix_terminal.matrix(result), after)
    yield Topic("seen", "What was seen", list(safety_words.seen(result)))
    if safety_words.few(result):
        switched = [Text(f"{level}: {what}") for level, what in safety_words.switched(result)]
        yield Topic("levels", "What each level switches", switched)


def _share(result: ShareResult) -> Iterator[Topic]:
    said = list(share_words.conclusions(result))
    yield Topic("counters", share_terminal.TITLE, said, share_terminal.counters(result))
