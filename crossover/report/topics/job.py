"""What is shown of a job."""

from __future__ import annotations

from collections.abc import Iterator

from crossover.report.topics.outline import Outline, Table, Topic, texts
from crossover.report.wording import job as words
from crossover.report.wording.provenance import provenance
from crossover.results.job import JobResult, JobRun

MOST_WORKERS = 8  # rows: a summary fits a screen


def job(result: JobResult) -> Outline:
    """Return the outline of a result of `crossover run`."""
    if not result.runs:
        return Outline(words.title(result), [], [], [], provenance(result))
    run = result.runs[-1]
    return Outline(
        words.headline(result, run),
        texts(words.sentences(run)),
        [*_times(run), *_workers(run)],
        [],
        provenance(result),
        news=[*words.bad_news(result, run)],
    )


def _times(run: JobRun) -> Iterator[Topic]:
    """Return where the time of the workers went, and that of the command; nowhere, if no line was done."""
    if run.seconds and run.tasks:
        rows = [[what, seconds, f"{part:.1%}"] for what, seconds, part in words.where_it_went(run)]
        yield Topic(words.TIMES, table=Table("", ("", "seconds", "of the time"), rows), after=texts([words.cpu(run)]))


def _workers(run: JobRun) -> Iterator[Topic]:
    """Return how many lines each worker has done, where there are several."""
    if len(run.lines_of) < 2:  # noqa: PLR2004
        return
    ranked = sorted(run.lines_of.items(), key=lambda one: -one[1])
    shown, others = ranked, ranked[:0]
    if len(ranked) > MOST_WORKERS:
        shown, others = ranked[: MOST_WORKERS - 1], ranked[MOST_WORKERS - 1 :]
    rows: list[list[object]] = [[name, lines] for name, lines in shown]
    rows += [[f"{len(others):,} more", sum(lines for _, lines in others)]] if others else []
    yield Topic(words.WORKERS, table=Table("", ("worker", "lines"), rows))
