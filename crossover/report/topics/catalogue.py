"""The one table of kinds: which function makes the outline of which kind of result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rich.text import Text

from crossover.report.topics.outline import Outline
from crossover.results.conclusions.difference import Difference
from crossover.results.kinds import AnyResult, Kind, kind_of
from workloads.base import resolve

OUTLINES: Mapping[Kind, str] = {
    Kind.COMPARISON: "crossover.report.topics.comparison:comparison",
    Kind.ADVICE: "crossover.report.topics.advice:advice",
    Kind.RATE: "crossover.report.topics.comparison:rate",
    Kind.BACKLOG: "crossover.report.topics.comparison:backlog",
    Kind.PAYLOAD_SIZES: "crossover.report.topics.comparison:payload_sizes",
    Kind.SCALE: "crossover.report.topics.scale:scale",
    Kind.SAFETY: "crossover.report.topics.safety:safety",
    Kind.SHARE: "crossover.report.topics.share:share",
    Kind.CLAIMS: "crossover.report.topics.claims:claims",
    Kind.JOB: "crossover.report.topics.job:job",
    Kind.DIFFERENCE: "crossover.report.topics.difference:difference",
}
"""Each is imported on use: a short job must not wait for what it does not show."""


def outline(result: AnyResult | Difference) -> Outline:
    """Return everything that is shown of a result; no topic repeats a sentence of the answer."""
    made: Outline = resolve(OUTLINES[kind_of(result)])(result)
    topics = [
        replace(topic, notes=_without(topic.notes, made.answer), after=_without(topic.after, made.answer))
        for topic in made.topics
    ]
    return replace(made, topics=topics)


def _without(notes: Sequence[Text], answer: Sequence[Text]) -> list[Text]:
    return [note for note in notes if not any(note.plain in sentence.plain for sentence in answer)]
