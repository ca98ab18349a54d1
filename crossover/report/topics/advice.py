"""What is shown of `advise`: the last rounds, what was tried before them, and both recommendations with their code."""

from __future__ import annotations

from rich.text import Text

from crossover.report.topics.outline import Outline, Subject, Table, Topic, texts
from crossover.report.wording.advice import sentences as words
from crossover.report.wording.advice import trials
from crossover.report.wording.comparison import headline, no_loss
from crossover.report.wording.provenance import provenance
from crossover.report.wording.warnings import comparison_warnings, server_warnings, skipped
from crossover.results.comparison import Result


def advice(result: Result) -> Outline:
    """Return the outline of a search for what suits a function."""
    found = result.advice
    topics = [Topic("Throughput", Subject.THROUGHPUT, texts(no_loss(result)))]
    if found is not None and found.trials:
        topics.append(Topic(trials.TRIED, table=Table(trials.CAPTION, trials.HEADINGS, trials.trial_rows(found))))
    if found is not None and found.local is not None:
        said = [words.recommendation(result, found.local), *words.reasons(result, found.local), words.LOCAL_LOSES]
        topics.append(Topic(words.MAY_BE_LOST, notes=[*texts(said), Text(words.code(result, found.local))]))
        safe = texts(words.safe_answer(result))
        code = [] if found.safe is None else [Text(words.code(result, found.safe))]
        topics.append(Topic(words.MAY_NOT_BE_LOST, notes=[*safe, *code]))
        chosen = [one for one in (found.local, found.safe) if one is not None]
        topics.append(Topic("Check it", notes=[Text(words.command(result, chosen))]))
    warnings = texts([*comparison_warnings(result), *server_warnings(result), *skipped(result)])
    return Outline(headline(result), [], topics, warnings, provenance(result))
