"""What is shown of shared counters."""

from __future__ import annotations

from crossover.report.topics.outline import Outline, Subject, Topic, opening, texts
from crossover.report.wording import share as words
from crossover.report.wording.provenance import provenance
from crossover.report.wording.warnings import server_warnings, share_warnings, skipped
from crossover.results.share import ShareResult


def share(result: ShareResult) -> Outline:
    """Return the outline of a result of `crossover share`."""
    return Outline(
        words.headline(result),
        opening(words.verdicts(result)),
        [Topic(words.TITLE, Subject.COUNTERS, list(words.conclusions(result)))],
        texts([*share_warnings(result), *server_warnings(result), *skipped(result)]),
        provenance(result),
    )
