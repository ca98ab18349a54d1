"""What is shown of shared counters."""

from __future__ import annotations

from rich.text import Text

from crossover.report.topics.outline import Brief, Outline, Subject, Topic, opening, texts
from crossover.report.wording import share as words
from crossover.report.wording.answer.share import verdict
from crossover.report.wording.provenance import provenance
from crossover.report.wording.warnings import few_warnings_of_share, server_warnings, share_warnings, skipped
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
        news=list(words.broken_promises(result)),
        brief=_brief(result) if said else None,
    )


def _brief(result: ShareResult) -> Brief:
    """Return what is shown between what went wrong and the verdict."""
    table = Topic(words.TITLE, Subject.COUNTERS)
    return Brief([Text(words.headline(result))], table, list(few_warnings_of_share(result)))
