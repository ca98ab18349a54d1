"""What is said of a window is true of the transport that it is said of."""

import re

from msgspec.structs import replace
from sample_records import result_of, rounds_of
from screen import printed

from crossover.report.page.charts import windows as charts
from crossover.report.terminal.tables.comparison.windows import windows as in_terminal
from crossover.report.topics.windows import windows
from crossover.results.windows import WindowPoint, WindowSearch

CURVE = [WindowPoint(8, 100.0, [100.0]), WindowPoint(16, 200.0, [200.0])]


def said(*searches):
    result = replace(result_of(*rounds_of("queue", 1000)), window_searches=list(searches))
    (topic,) = windows(result)
    drawn = [chart.table for chart in charts.windows(result)]
    return " ".join(str(one) for one in (*topic.notes, *topic.after)), drawn[0] if drawn else None


def search(transport, window=16, **more):
    return WindowSearch(transport, window, workers=2, batch=1, **more)


def test_all_have_the_smallest_window_that_is_enough():
    words, table = said(search("queue", plateau=200.0, points=CURVE), search("pipe", plateau=200.0, points=CURVE))
    assert words.startswith("The window of each transport is the smallest with which")
    assert [row[0] for row in table.rows] == ["queue", "pipe"]


def test_a_broker_whose_ceiling_was_measured_has_not_the_smallest_window():
    long = search("redis-list", 8, plateau=200.0, points=CURVE, why_not="tasks take so long")
    words, table = said(search("queue", plateau=200.0, points=CURVE), long)
    assert words.startswith("The window of redis-list is 8: tasks take so long. The window of queue is the smallest")
    assert len(table.rows) == 2
    assert "is the smallest" not in said(long)[0]


def test_a_search_without_a_plateau_has_a_reason_and_no_row():
    lost = [search(name, window, points=CURVE, why_not="1 lost") for name, window in (("pipe", 8), ("pool", 16))]
    words, table = said(*lost)
    assert (words, table) == ("The window of pipe, pool is 8 to 16: 1 lost.", None)


def test_the_terminal_shows_what_part_of_the_plateau_each_window_carries():
    found = search("queue", plateau=200.0, points=CURVE)
    (grid,) = in_terminal(replace(result_of(*rounds_of("queue", 1000)), window_searches=[found]))
    text = printed(grid, 80)
    assert re.search(r"transport +window +plateau/s +8 +16", text)
    assert re.search(r"queue +16 +200 +50% +100%", text)
