"""What is shown of shared counters."""

from __future__ import annotations

from rich.text import Text

from crossover.report.topics.outline import Brief, Outline, Subject, Topic, opening, texts
from crossover.report.wording import share as words
from crossover.report.wording.answer.share import verdict
from crossover.report.wording.provenance import provenance
from crossover.report.wording.warnings import server_warnings, share_warnings, skipped
from crossover.results.share import ShareResult


def share(result: ShareResult) -> Outline:
    """Return the outline of a result of `crossover share`."""
    said = texts(verdict(result))
    return Outline(
        words.headline(result),
        said or opening(words.verdicts(result)),
        [Topic(words.TITLE, Subject.COUNTERS, list(words.conclusions(result)))],
        texts([*share_warnings(result), *server_warnings(result), *skipped(result)]),
        provenance(result),
        brief=Brief([Text(words.headline(result))], Topic(words.TITLE, Subject.COUNTERS)) if said else None,
    )
