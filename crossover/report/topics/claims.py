"""What is shown of claims: a topic for each theme, in it a block for each claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from rich.cells import cell_len
from rich.text import Text

from crossover.report.topics.outline import STYLES, Block, Brief, Cell, Outline, Table, Topic, texts
from crossover.report.wording.claims.interpreters import by_interpreter, same
from crossover.report.wording.claims.messages import Messages
from crossover.report.wording.frame import frame
from crossover.report.wording.provenance import provenance
from crossover.report.wording.warnings import server_warnings
from crossover.results.claim_verdict import ClaimVerdict
from crossover.results.claims import ClaimRun, ClaimsResult

HEADING = 18  # letters in a line of a heading
FEW = 8  # claims, of which everything is shown; of more of them, a line for each
KINDS = {
    ClaimVerdict.TRUE: "good",
    ClaimVerdict.BUT: "dubious",
    ClaimVerdict.MISLEADING: "misleading",
    ClaimVerdict.FALSE: "bad",
    ClaimVerdict.COULD_NOT_TELL: "nothing",
}
WRONG = (ClaimVerdict.MISLEADING, ClaimVerdict.FALSE, ClaimVerdict.COULD_NOT_TELL)  # claims with these are named


def claims(result: ClaimsResult) -> Outline:
    """Return the outline of a result of `crossover claims`."""
    messages = Messages(result.plan.language)
    each = of_claims(result.runs)
    headline = messages.word("headline", checked=len(each))
    label = messages.label(messages.word("skipped"))
    skipped = [f"{label}{one.label}: {messages.reason(one.reason)}" for one in result.skipped]
    doubts = texts([*server_warnings(result), *skipped])
    beside = list(_side_by_side(result, each, messages))
    short = next(iter(beside), Topic("", notes=list(_in_short(result.runs, messages))))
    return Outline(
        headline,
        list(_answer(result, messages)),
        [*beside, *_themes(each, messages)],
        doubts,
        provenance(result),
        brief=Brief([Text(headline)], short, doubts) if len(each) > FEW else None,
        frame=frame(messages.language),
    )


def of_claims(runs: Sequence[ClaimRun]) -> dict[str, list[ClaimRun]]:
    """Return claim → its runs, one for each interpreter."""
    each: dict[str, list[ClaimRun]] = {}
    for run in runs:
        each.setdefault(run.claim, []).append(run)
    return each


def verdict_cell(verdict: ClaimVerdict, messages: Messages) -> Cell:
    """Return a verdict in words, with its colour."""
    return Cell(messages.verdict(verdict), KINDS[verdict])


def _answer(result: ClaimsResult, messages: Messages) -> Iterator[Text]:
    """Yield how many claims have each verdict, by interpreter, and which ones are not true."""
    found = by_interpreter(result.runs)
    for name, runs in found.items():
        yield Text(f"{name}: {_tally(runs, messages)}" if len(found) > 1 else _tally(runs, messages))
        if len(runs) > FEW:
            for verdict in WRONG:
                if names := [run.claim for run in runs if run.verdict is verdict]:
                    yield Text(f"{messages.label(messages.verdict(verdict))}{', '.join(names)}")


def _tally(runs: Sequence[ClaimRun], messages: Messages) -> str:
    counts = {verdict: sum(run.verdict is verdict for run in runs) for verdict in ClaimVerdict}
    return " · ".join(f"{messages.verdict(verdict)} {count}" for verdict, count in counts.items() if count)


def _themes(each: Mapping[str, Sequence[ClaimRun]], messages: Messages) -> Iterator[Topic]:
    blocks: dict[str, list[Block]] = {}
    for runs in each.values():
        blocks.setdefault(runs[0].theme, []).append(_block(runs, messages))
    for theme, found in blocks.items():
        yield Topic(messages.theme(theme), blocks=found)


def _block(runs: Sequence[ClaimRun], messages: Messages) -> Block:
    """Return what is told of a claim; what differs between interpreters is told for each of them."""
    claim, found = runs[0].claim, by_interpreter(runs)
    names = {name: "" if len(runs) == 1 else f"{name}: " for name in found}
    cells = {name: verdict_cell(one.verdict, messages) for name, (one, *_) in found.items()}
    verdict = next(iter(cells.values()))
    if not same(runs):
        verdict = Cell(", ".join(f"{cell.text} ({name})" for name, cell in cells.items()), "dubious")
    seen = [("seen", f"{names[name]}{messages.seen(one)}") for name, (one, *_) in found.items()]
    sentences = [("said", messages.said(claim)), *seen, ("instead", messages.instead(claim))]
    labelled = [(messages.label(messages.word(label)).strip(), sentence) for label, sentence in sentences if sentence]
    return Block(claim, verdict, labelled, next((run.code for run in runs if run.code), ""), messages.word("code"))


def _in_short(runs: Sequence[ClaimRun], messages: Messages) -> Iterator[Text]:
    """Yield a line for each claim under its theme: verdict, name, what is said; and why one could not be told."""
    widest = max((cell_len(messages.verdict(run.verdict)) for run in runs), default=0)
    theme = ""
    for run in runs:
        if run.theme != theme:
            yield from [Text()] if theme else []
            theme = run.theme
            yield Text(messages.theme(theme), style="bold")
        verdict = messages.verdict(run.verdict)
        padding = " " * (widest - cell_len(verdict) + 2)
        why = f" ({messages.reason(run.reason)})" if run.reason else ""
        yield Text.assemble(
            "  ",
            (verdict, STYLES[KINDS[run.verdict]]),
            padding,
            (messages.label(run.claim), "bold"),
            f"{messages.said(run.claim)}{why}",
        )


def _in_lines(name: str) -> str:
    """Return the name of an interpreter as a heading that is narrow."""
    return "\n".join(wrap(name, HEADING, break_long_words=False, break_on_hyphens=False))


def _side_by_side(result: ClaimsResult, each: Mapping[str, Sequence[ClaimRun]], messages: Messages) -> Iterator[Topic]:
    """Yield a table with a column for each interpreter, where there are several."""
    found = by_interpreter(result.runs)
    if len(found) < 2:  # noqa: PLR2004
        return
    verdicts = {(run.claim, name): verdict_cell(run.verdict, messages) for name, runs in found.items() for run in runs}
    rows = [[claim, *(verdicts.get((claim, name), Cell("-")) for name in found)] for claim in each]
    title = messages.word("pythons")
    yield Topic(title, table=Table(messages.word("by_python"), (messages.word("claim"), *map(_in_lines, found)), rows))
