"""What is shown of the safety matrix."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from crossover.report.topics.outline import Brief, Outline, Subject, Topic, opening, texts
from crossover.report.wording import safety as words
from crossover.report.wording.answer import safety as answer
from crossover.report.wording.provenance import interpreters, provenance
from crossover.report.wording.warnings import safety_warnings, server_warnings, skipped
from crossover.results.safety import SafetyResult


def safety(result: SafetyResult) -> Outline:
    """Return the outline of a result of `crossover safety`."""
    losses = texts(words.losses(result)) or list(words.self_test(result))
    said = texts(answer.verdict(result))
    brief = Brief([Text(words.headline(result))], Topic("What each death does", notes=list(answer.deaths(result))))
    return Outline(
        words.headline(result),
        said or opening([*losses, *words.bound(result)]),
        list(_topics(result)),
        texts([*interpreters(result), *safety_warnings(result), *server_warnings(result), *skipped(result)]),
        [*provenance(result), *([] if words.has_room_for_settings(result) else words.level_settings(result))],
        brief=brief if said else None,
    )


def _topics(result: SafetyResult) -> Iterator[Topic]:
    if result.costs:
        yield Topic("What safety costs", Subject.SAFETY_COSTS, after=[Text(words.COSTS)])
    if result.runs or result.unmeasured:
        after = [Text(words.legend(result)), *words.bound(result), *words.recovery(result)]
        yield Topic(
            "What each fault does", Subject.MATRIX, [*words.self_test(result), *texts(words.losses(result))], after
        )
    yield Topic("What was observed", notes=list(words.observations(result)))
    if words.has_room_for_settings(result):
        settings = [Text(f"{level}: {what}") for level, what in words.level_settings(result)]
        yield Topic("What each safety level sets", notes=settings)
