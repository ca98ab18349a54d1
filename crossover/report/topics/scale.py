"""What is shown of transports with several numbers of workers: a topic for each transport."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from crossover.report.topics.outline import Brief, Outline, Subject, Table, Topic, opening, texts
from crossover.report.topics.windows import windows
from crossover.report.wording import scaling as words
from crossover.report.wording.answer.bad_news import bad_news
from crossover.report.wording.answer.scale import CURVES, verdict
from crossover.report.wording.provenance import interpreters, provenance
from crossover.report.wording.resources import bookkeeping
from crossover.report.wording.task import task_sentence
from crossover.report.wording.values import values
from crossover.report.wording.warnings import few_warnings_of_scale, scale_warnings, server_warnings, skipped
from crossover.results.comparison import Result
from crossover.results.conclusions.findings import Law


def scale(result: Result) -> Outline:
    """Return the outline of a result of `crossover scale`."""
    doubts = [*scale_warnings(result), *server_warnings(result), *skipped(result)]
    said = texts(verdict(result))
    brief = Brief(
        texts([task_sentence(result), words.headline(result)]),
        Topic(CURVES, Subject.CURVES),
        texts(few_warnings_of_scale(result)),
    )
    return Outline(
        words.headline(result),
        said or opening([*words.recommended(result), *words.advice(result.laws)]),
        [*(_topic(result, law) for law in result.laws), *windows(result)],
        texts([*(words.recommended(result) if said else ()), *interpreters(result), *values(result), *doubts]),
        provenance(result),
        bad_news(result),
        brief,
    )


def _topic(result: Result, law: Law) -> Topic:
    notes = [*words.law_notes(result, law), *_settings_notes(result, law)]
    after = texts([*words.other_work(result), bookkeeping(result)]) if law is result.laws[-1] else []
    return Topic(f"Scaling: {law.transport}", Subject.SCALING, notes, after, _settings_table(result, law), law)


def _settings_notes(result: Result, law: Law) -> Iterator[Text]:
    others = words.other_settings(result, law)
    if len(others) > 1:
        yield Text(words.differences(others[0], others[1:], len(law.transport) + 1))


def _settings_table(result: Result, law: Law) -> Table | None:
    points = words.other_settings(result, law)
    if len(points) < 2:  # noqa: PLR2004
        return None
    name = len(law.transport) + 1
    rows = [[one.transport[name:], one.throughput, one.ci95_low, one.ci95_high, one.cpu_us] for one in points]
    return Table(words.settings_caption(points), ("setting", "tasks/s", "95% low", "95% high", "CPU µs"), rows)
