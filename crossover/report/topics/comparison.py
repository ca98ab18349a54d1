"""What is shown of transports that were compared: in closed loop, at a rate, with backlogs, with payloads of sizes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rich.text import Text

from crossover.report.topics.outline import Brief, Outline, Subject, Table, Topic, opening, texts
from crossover.report.topics.windows import windows
from crossover.report.wording import resources
from crossover.report.wording.answer import comparison as answer_words
from crossover.report.wording.answer.bad_news import bad_news
from crossover.report.wording.comparison import crossing as crossing_words
from crossover.report.wording.comparison import headline as measured
from crossover.report.wording.comparison import latency as latency_words
from crossover.report.wording.comparison import ranking as words
from crossover.report.wording.comparison.pairs import pair_sentences
from crossover.report.wording.comparison.payload_sizes import fastest_by_size, size_notes
from crossover.report.wording.provenance import interpreters, provenance
from crossover.report.wording.task import task_sentence
from crossover.report.wording.values import values
from crossover.report.wording.warnings import comparison_warnings, few_warnings, server_warnings, skipped
from crossover.results.comparison import Result


def comparison(result: Result) -> Outline:
    """Return the outline of a comparison in closed loop, and at fractions of the most that each transport can do."""
    topics = [
        Topic("Throughput", Subject.THROUGHPUT, [*_ranking(result), *_soundness(result)]),
        Topic("Latency", Subject.LATENCY, after=texts(latency_words.closed_loop_notes(result))),
        *_loads(result, "Latency against load", Subject.LOADS),
        *_hops(result),
        *_costs(result),
        *_crossing(result),
        *windows(result),
    ]
    said = texts(answer_words.verdict(result))
    if result.plan.gate is not None:
        said = [*texts([*pair_sentences(result)][:1]), *said]
    found = outlined(result, said or _answer(result), topics)
    more = result.answer is None or result.loads or result.checks  # what was typed, and has sections of its own
    return found if more else replace(found, brief=brief(result, measured.plan_line(result)))


def rate(result: Result) -> Outline:
    """Return the outline of a comparison at one rate."""
    notes = texts([*latency_words.lowest_latency(result), *_ranking(result), *_soundness(result)])
    topics = [*_loads(result, "Latency", Subject.RATE, notes), *_hops(result), *_costs(result), *_crossing(result)]
    return outlined(result, opening(words.no_loss(result), latency_words.lowest_latency(result)), topics)


def backlog(result: Result) -> Outline:
    """Return the outline of a comparison of backlogs."""
    after = texts(measured.backlog_notes(result))
    notes = [*_ranking(result), *_soundness(result)]
    topics = [Topic("Backlogs", Subject.BACKLOGS, notes, after), *_costs(result)]
    return outlined(result, _answer(result), topics, measured.backlog_headline(result))


def payload_sizes(result: Result) -> Outline:
    """Return the outline of a comparison with payloads of several sizes."""
    notes = texts([*fastest_by_size(result), *_soundness(result)])
    topic = Topic("Payloads of several sizes", Subject.PAYLOAD_SIZES, notes, texts(size_notes(result)))
    return outlined(result, opening(words.no_loss(result), fastest_by_size(result)), [topic, *windows(result)])


def outlined(result: Result, answer: Sequence[Text], topics: Sequence[Topic], headline: str = "") -> Outline:
    """Return an outline with the warnings, the origin and the bad news of a comparison."""
    warnings = texts([*comparison_warnings(result), *server_warnings(result), *skipped(result)])
    return Outline(
        headline or measured.headline(result), answer, topics, warnings, provenance(result), bad_news(result)
    )


def brief(result: Result, done: str) -> Brief:
    """Return what is shown between what went wrong and the verdict.

    Args:
        result: of a comparison.
        done: what was measured, in one line.
    """
    opening = texts([task_sentence(result), done])
    return Brief(opening, Topic("Throughput", Subject.OVERVIEW), texts(few_warnings(result)))


def _answer(result: Result) -> list[Text]:
    fastest = [first for first, _ in words.ranking(result)]
    broker = [crossing_words.local_against_broker(result.crossing)] if result.crossing and words.ranked(result) else []
    enough = [crossing_words.one_machine_limit(result.crossing)] if result.crossing else []
    sentences = opening([*broker, *enough, *words.no_loss(result)], fastest)
    return [*texts([*pair_sentences(result)][:1]), *sentences]


def _ranking(result: Result) -> list[Text]:
    sentences = [sentence for pair in words.ranking(result) for sentence in pair]
    broker = [crossing_words.local_against_broker(result.crossing)] if result.crossing and words.ranked(result) else []
    return texts([*pair_sentences(result), *sentences, *words.noise(result), *broker])


def _soundness(result: Result) -> list[Text]:
    return texts([*interpreters(result), *values(result), *words.no_loss(result)])


def _loads(result: Result, title: str, subject: Subject, notes: Sequence[Text] = ()) -> Iterator[Topic]:
    if result.loads or notes:
        yield Topic(title, subject, notes, texts(latency_words.load_notes(result)))


def _hops(result: Result) -> Iterator[Topic]:
    yield Topic(latency_words.hops_title(result), Subject.HOPS, after=texts(latency_words.hops_notes(result)))


def _costs(result: Result) -> Iterator[Topic]:
    yield Topic(resources.TITLE, Subject.COSTS, after=[Text(resources.explained(result))])


def _crossing(result: Result) -> Iterator[Topic]:
    enough = crossing_words.one_machine_limit(result.crossing) if result.crossing else ""
    rows = crossing_words.crossing_rows(result)
    if rows or enough:
        title = crossing_words.crossing_title(result)
        after = [crossing_words.BREAK_EVEN, crossing_words.EXTRAPOLATED if enough else ""]
        table = Table(title, crossing_words.crossing_headings(result), rows)
        yield Topic(title, Subject.CROSSING, texts([enough]), texts(after), table)
    if result.checks:
        table = Table(crossing_words.CHECKED, crossing_words.CHECKS, crossing_words.check_rows(result.checks))
        yield Topic(crossing_words.CHECKED, Subject.CHECKS, table=table)
