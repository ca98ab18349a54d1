"""The one table of kinds: which function makes the outline of which kind of result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rich.text import Text

from crossover.report.topics.advice import advice
from crossover.report.topics.claims import claims
from crossover.report.topics.comparison import backlog, comparison, payload_sizes, rate
from crossover.report.topics.difference import difference
from crossover.report.topics.job import job
from crossover.report.topics.outline import Outline
from crossover.report.topics.safety import safety
from crossover.report.topics.scale import scale
from crossover.report.topics.share import share
from crossover.results.difference import Difference
from crossover.results.kinds import AnyResult, Kind, kind_of

OUTLINES: Mapping[Kind, Callable[[Any], Outline]] = {
    Kind.COMPARISON: comparison,
    Kind.ADVICE: advice,
    Kind.RATE: rate,
    Kind.BACKLOG: backlog,
    Kind.PAYLOAD_SIZES: payload_sizes,
    Kind.SCALE: scale,
    Kind.SAFETY: safety,
    Kind.SHARE: share,
    Kind.CLAIMS: claims,
    Kind.JOB: job,
    Kind.DIFFERENCE: difference,
}


def outline(result: AnyResult | Difference) -> Outline:
    """Return everything that is shown of a result; no topic repeats a sentence of the answer."""
    made = OUTLINES[kind_of(result)](result)
    topics = [
        replace(topic, notes=_without(topic.notes, made.answer), after=_without(topic.after, made.answer))
        for topic in made.topics
    ]
    return replace(made, topics=topics)


def _without(notes: Sequence[Text], answer: Sequence[Text]) -> list[Text]:
    return [note for note in notes if not any(note.plain in sentence.plain for sentence in answer)]
