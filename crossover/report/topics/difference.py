"""What is shown of the difference between two results, or between the newest and many older ones."""

from __future__ import annotations

from crossover.report.topics.outline import Outline, Subject, Topic
from crossover.report.wording import differences as words
from crossover.report.wording import series as series_words
from crossover.results.difference import Difference


def difference(found: Difference) -> Outline:
    """Return the outline of what is different; its answer has every verdict."""
    if found.older is not None:
        return _series(found)
    cases = Topic(words.TITLE, Subject.CASES, after=list(words.explained(found)))
    return Outline(words.headline(found), list(words.verdict(found)), [cases], list(words.doubts(found)))


def _series(found: Difference) -> Outline:
    topic = Topic(series_words.TITLE, Subject.SERIES, after=list(series_words.explained(found)))
    topics = [topic] if any(one.unit for one in found.series) else []
    return Outline(
        series_words.headline(found), list(series_words.verdict(found)), topics, list(series_words.doubts(found))
    )
