"""The table of throughput: 80 columns have its figures, their intervals, the ratios and the windows."""

import pytest
from sample_records import AT_MOST_ONCE_ACROSS, result_of, rounds_of
from screen import printed

from crossover.report.formats.catalogue import FORMATS
from crossover.report.terminal.render import render


def searched(**delivery):
    slow = rounds_of("celery+rabbitmq", 812, 790, 930, 801, 795, guarantee=AT_MOST_ONCE_ACROSS, delivery=delivery)
    near = rounds_of("redis-stream", 90_900, 91_500, 89_800, 91_700, 91_100, guarantee=AT_MOST_ONCE_ACROSS)
    runs = [*rounds_of("redis-list", 91_000, 90_000, 92_000, 91_100, 90_800, guarantee=AT_MOST_ONCE_ACROSS), *near]
    runs += [*rounds_of("queue", 100_400, 99_000, 101_000, 100_100, 100_050), *slow]
    result = result_of(*runs)
    result.plan.windows = {run.transport: 8_192 for run in result.runs}
    for run in result.runs:
        run.load.window = 8_192
    return result


@pytest.fixture
def table():
    lines = printed(render(searched()), 80).splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("transport"))
    return lines[first : lines.index("", first)]


def test_80_columns_have_figure_interval_ratio_and_window(table):
    for heading in ("tasks/s", "± 95%", "vs fastest", "window", "wrong"):
        assert heading in table[0]
    slow = next(line for line in table if line.startswith("celery+rabbitmq "))  # not folded
    assert "-99.1% (-99.2 to -98.9%)" in slow
    assert "8,192" in slow
    assert all(len(line) <= 80 for line in table)


def test_what_is_not_told_apart_has_a_sign_that_is_explained(table):
    near = next(line for line in table if line.startswith("redis-list "))
    assert "≈ (" in near
    assert "≈ no difference. wrong: tasks that were lost, duplicated, failed or corrupted." in " ".join(table)


def test_markdown_explains_the_words_too():
    assert "\nwrong: tasks that were lost" in FORMATS["markdown"]({"": result_of(*rounds_of("queue", 1_000))}, [])


def test_what_went_wrong_is_counted_in_a_table_of_its_own():
    text = printed(render(searched(lost=2, duplicated=1)), 80)
    rows = [line.split() for line in text.splitlines() if line.startswith(("transport", "celery+rabbitmq", "queue"))]
    assert ["transport", "lost", "duplicated", "failed", "corrupted"] in rows
    assert ["celery+rabbitmq", "10", "5", "0", "0"] in rows
    assert ["queue", "0", "0", "0", "0"] not in rows
    assert "Tasks that went wrong" not in printed(render(searched()), 80)
