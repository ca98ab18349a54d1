"""What is shown of the difference between two results."""

from __future__ import annotations

from crossover.report.topics.outline import Outline, Subject, Topic
from crossover.report.wording import differences as words
from crossover.results.difference import Difference


def difference(found: Difference) -> Outline:
    """Return the outline of what is different between two results; its answer has every verdict."""
    cases = Topic(words.TITLE, Subject.CASES, after=list(words.explained(found)))
    return Outline(words.headline(found), list(words.verdict(found)), [cases], list(words.doubts(found)))
