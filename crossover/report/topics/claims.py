"""What is shown of claims: a topic for each theme."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from crossover.report.topics.outline import Outline, Topic, texts
from crossover.report.wording.claims.messages import Messages
from crossover.report.wording.provenance import provenance
from crossover.report.wording.warnings import server_warnings, skipped
from crossover.results.claim_verdict import ClaimVerdict
from crossover.results.claims import ClaimRun, ClaimsResult

STYLES = {
    ClaimVerdict.TRUE: "bold green",
    ClaimVerdict.BUT: "bold yellow",
    ClaimVerdict.MISLEADING: "bold magenta",
    ClaimVerdict.FALSE: "bold red",
    ClaimVerdict.COULD_NOT_TELL: "bold dim",
}


def claims(result: ClaimsResult) -> Outline:
    """Return the outline of a result of `crossover claims`."""
    messages = Messages(result.plan.language)
    themes = dict.fromkeys(run.theme for run in result.runs)
    return Outline(
        messages.word("headline", checked=len({run.claim for run in result.runs})),
        [Text(tally(result.runs, messages))] if result.runs else [],
        [Topic(messages.theme(one), notes=list(_of_theme(result.runs, one, messages))) for one in themes],
        texts([*server_warnings(result), *skipped(result)]),
        provenance(result),
    )


def tally(runs: Sequence[ClaimRun], messages: Messages) -> str:
    """Return how many claims have each verdict."""
    counts = {verdict: sum(run.verdict is verdict for run in runs) for verdict in ClaimVerdict}
    return " · ".join(f"{messages.verdict(verdict)} {count}" for verdict, count in counts.items() if count)


def _of_theme(runs: Sequence[ClaimRun], theme: str, messages: Messages) -> Iterator[Text]:
    for run in runs:
        if run.theme == theme:
            yield Text.assemble((run.claim, "bold"), ": ", (messages.verdict(run.verdict), STYLES[run.verdict]))
            yield Text(f"  {messages.word('said')}: {messages.said(run.claim)}")
            yield Text(f"  {messages.word('seen')}: {messages.seen(run)}")
            if instead := messages.instead(run.claim):
                yield Text(f"  {messages.word('instead')}: {instead}")
