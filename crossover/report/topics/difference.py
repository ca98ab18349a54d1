"""What is shown of the difference between two results, or between the newest and many older ones."""

from __future__ import annotations

from crossover.report.topics.outline import Outline, Subject, Topic
from crossover.report.wording.differences import of_many, of_two
from crossover.results.conclusions.difference import Difference


def difference(found: Difference) -> Outline:
    """Return the outline of what is different; its answer has every verdict."""
    if found.older is not None:
        return _series(found)
    cases = Topic(of_two.TITLE, Subject.CASES, after=list(of_two.explained(found)))
    return Outline(of_two.headline(found), list(of_two.verdict(found)), [cases], list(of_two.doubts(found)))


def _series(found: Difference) -> Outline:
    topic = Topic(of_many.TITLE, Subject.SERIES, after=list(of_many.explained(found)))
    topics = [topic] if any(one.unit for one in found.series) else []
    return Outline(of_many.headline(found), list(of_many.verdict(found)), topics, list(of_many.doubts(found)))
