"""What `advise` has tried, as rows of a table."""

from __future__ import annotations

from crossover.contract.safety import Safety
from crossover.report.wording.figures import figure, plural
from crossover.results.advice import Advice
from crossover.results.comparison import Result

TRIED = "What was tried"
CAPTION = "Medians of short runs; the last rounds are longer, and alone decide."
HEADINGS = ("transport", "workers", "batch", "tasks/s", "")


def search_line(result: Result) -> str:
    """Return how much was tried, in one line."""
    advice = result.advice
    if advice is None:
        return ""
    runs = plural(sum(one.runs for one in advice.trials), "short run")
    names = plural(len({one.name for one in advice.trials}), "transport")
    tried = f"{plural(len(advice.trials), 'setting')} of {names} tried in {runs}"
    return f"{tried}, then {plural(advice.rounds, 'round')} of the best"


def trial_rows(advice: Advice) -> list[list[object]]:
    """Return a row for each trial, the fastest first; a transport that had several has its best three."""
    shown: dict[str, int] = {}
    rows: list[list[object]] = []
    for one in sorted(advice.trials, key=lambda trial: -trial.throughput):
        shown[one.transport] = shown.get(one.transport, 0) + 1
        if shown[one.transport] <= 3 or one.label:  # noqa: PLR2004 - as it says above
            level = f"{one.safety} level" if one.safety == Safety.SAFE else ""
            remark = ", ".join(word for word in (level, one.problem, "in the last rounds" if one.label else "") if word)
            rows.append([one.transport, one.workers, one.batch, figure(one.throughput), remark])
    return rows
