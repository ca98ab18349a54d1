"""The chart of a case over time: the band, each result at its date, the newest marked; drawn by a real browser, too."""

from sample_differences import DAYS, against, one_day
from sample_records import result_of

from crossover.report.page.sections import sections


def charts(found):
    return [chart for section in sections(found) for chart in section.charts]


def drawn(chart, **facts):
    """Every row of data that a chart shows and that has these values."""
    rows = [row for rows in chart.spec["datasets"].values() for row in rows]
    return [row for row in rows if facts.items() <= row.items()]


def test_a_case_over_time_shows_its_band_its_results_and_the_newest():
    found = against(result_of(*one_day(700)), days=(*DAYS[:4], 400, *DAYS[4:]))
    (chart,) = charts(found)
    assert len(drawn(chart, role="counted")) == 8
    assert [row["result"] for row in drawn(chart, role="outlier")] == ["r4.json"]
    assert [(row["result"], row["value"]) for row in drawn(chart, role="newest")] == [("new.json", 700.0)]
    band = [row for row in drawn(chart) if "low" in row]
    assert [row["started"][:10] for row in band] == ["2026-09-01", "2025-01-01"]  # the newest of the samples
    assert 900 < band[0]["low"] < 985
    assert "the newest is slower than its band: -30% (band " in chart.says
    assert [row[0] for row in chart.table.rows][-1] == "new.json"
    assert len(chart.table.rows) == 10


def test_too_few_results_are_drawn_without_a_band():
    (chart,) = charts(against(result_of(*one_day(700)), days=DAYS[:2]))
    assert not [row for row in drawn(chart) if "low" in row]
    assert "no band: 4 more needed" in chart.says


def test_a_single_result_is_a_table():
    (section,) = sections(against(result_of(*one_day(700)), days=()))
    assert not section.charts
    assert [row[0] for row in section.tables[0].rows] == ["new.json"]


def test_a_browser_draws_it_and_complains_about_nothing(opened):
    newest = result_of(*one_day(700))
    page = opened(newest, changes=[against(newest)])
    assert not page.errors
    assert "Each case over time" in page.page.inner_text("main")
    assert page.page.locator("[data-drawn] path").count() > len(DAYS)
