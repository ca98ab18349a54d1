"""What is different between two results, as a person reads it."""

from datetime import UTC, datetime, timedelta

import msgspec
from sample_records import result_of, rounds_of
from screen import printed

from crossover.analysis.differences.figures import run_figures
from crossover.analysis.differences.series import OlderFigures, difference_from_older
from crossover.report.terminal.render import render
from crossover.results.conclusions.difference import OlderResult

ROUNDS = (1000, 1010, 990, 1005, 995)
FIRST_DAY = datetime(2026, 9, 1, tzinfo=UTC)
DAYS = (1000, 1020, 985, 1010, 990, 1005, 995, 1015)  # the median of each


def older(*results):
    """Results of one day after the other."""
    dates = [(FIRST_DAY + timedelta(days=day)).isoformat() for day in range(len(results))]
    names = [OlderResult(f"r{day}.json", date) for day, date in enumerate(dates)]
    return [OlderFigures(about, run_figures(result)) for about, result in zip(names, results, strict=True)]


def one_day(figure, label="queue", **changes):
    return rounds_of(label, *(figure * (1 + part / 1000) for part in (-4, -2, 0, 2, 4)), **changes)


def against(newest, days=DAYS, threshold=0.1):
    """The newest result against older ones with these medians."""
    return difference_from_older(
        older(*(result_of(*one_day(figure)) for figure in days)), "new.json", newest, threshold
    )


def said(found):
    return printed(render(msgspec.structs.replace(found, base="base.json", new="new.json")))


def in_one_line(found):
    return " ".join(said(found).split())
