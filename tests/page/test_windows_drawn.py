"""The chart of the search for windows: a curve for each transport, the used window marked; in a browser, too."""

from msgspec.structs import replace
from sample_records import result_of, rounds_of

from crossover.report.page.sections import sections
from crossover.results.windows import WindowPoint, WindowSearch


def search(transport, window, figures, **more):
    points = [WindowPoint(8 * 2**step, figure, [figure]) for step, figure in enumerate(figures)]
    return WindowSearch(transport, window, 2, 1, max(figures, default=None), points=points, **more)


def searched():
    runs = [*rounds_of("queue", 900, 910), *rounds_of("redis-list", 700, 710), *rounds_of("serial", 500, 510)]
    found = [
        search("queue", 32, [10_000.0, 40_000.0, 99_000.0, 100_000.0]),
        search("redis-list", 16, [5_000.0, 9_800.0, 0.0]),
        search("serial", 32, [], why_not="it has no workers"),
    ]
    return replace(result_of(*runs), window_searches=found)


def chart():
    (found,) = (one for section in sections(searched()) for one in section.charts if one.name == "windows")
    return found


def test_each_curve_has_its_points_and_a_mark_where_the_window_was_used():
    rows = [row for rows in chart().spec["datasets"].values() for row in rows]
    assert [(row["name"], row["window"]) for row in rows if row["used"] == "yes"] == [
        ("queue", "32"),
        ("redis-list", "16"),
    ]
    assert len(rows) == 6  # what carried nothing has no place on a logarithmic axis


def test_its_table_and_its_words_have_the_same_figures():
    found = chart()
    assert found.table.headings == ("transport", "window", "plateau/s", "8", "16", "32", "64")
    assert found.table.rows[0] == ["queue", 32, 100_000.0, 10_000.0, 40_000.0, 99_000.0, 100_000.0]
    assert found.table.rows[1] == ["redis-list", 16, 9_800.0, 5_000.0, 9_800.0, 0.0, None]
    assert "queue 8: 10,000, 16: 40,000, 32: 99,000, 64: 100,000 (used: 32); redis-list 8: 5,000" in found.says


def test_a_browser_draws_it_and_complains_about_nothing(opened):
    page = opened(searched())
    assert not page.errors
    text = page.page.inner_text("main")
    assert "Window: tasks outstanding, and what that carries" in text
    assert "A ring marks the window that was used" in text
    assert "The window of serial is 32: it has no workers." in text
