"""What is shown of `advise`: the last rounds, what was tried before them, and both recommendations with their code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rich.text import Text

from crossover.report.topics.comparison import brief, outlined
from crossover.report.topics.outline import Outline, Subject, Table, Topic, texts
from crossover.report.wording.advice import sentences as words
from crossover.report.wording.advice import trials
from crossover.report.wording.comparison.ranking import no_loss
from crossover.results.comparison import Result


def advice(result: Result) -> Outline:
    """Return the outline of a search for what suits a function."""
    found = result.advice
    topics = [Topic("Throughput", Subject.THROUGHPUT, texts(no_loss(result)))]
    if found is not None and found.trials:
        table = Table(trials.CAPTION, trials.HEADINGS, trials.trial_rows(found))
        topics.append(Topic(trials.TRIED, table=table))
    shown = outlined(result, list(_answer(result)), topics)
    return replace(shown, brief=brief(result, trials.search_line(result)))


def _answer(result: Result) -> Iterator[Text]:
    """Yield both recommendations, each with its code."""
    found = result.advice
    if found is None or found.local is None:
        yield Text(words.no_recommendation(result))
        return
    yield Text(f"{words.MAY_BE_LOST}:", style="bold")
    yield from texts([words.recommendation(result, found.local), *words.reasons(result, found.local)])
    yield Text(words.LOCAL_LOSES)
    yield _block(words.code(result, found.local))
    yield Text(f"{words.MAY_NOT_BE_LOST}:", style="bold")
    yield from texts(words.safe_answer(result))
    if found.safe is not None:
        yield _block(words.code(result, found.safe))
    chosen = [one for one in (found.local, found.safe) if one is not None]
    yield Text("To check both:", style="bold")
    yield _block(words.command(result, chosen))


def _block(code: str) -> Text:
    """Return code, apart from the sentences; its lines are kept as they are."""
    lines = "\n".join(f"  {line}" if line else "" for line in code.splitlines())
    return Text(f"\n{lines}\n", style="cyan")
