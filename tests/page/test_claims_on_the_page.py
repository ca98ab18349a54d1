"""Claims on the page: blocks with verdicts, pictures and folded code, in either language; in a real browser, too."""

import math

import pytest
from axe_playwright_python.sync_playwright import Axe
from sample_claims import BARS, CODE, claim_run, claims_result, every_theme
from sample_results import compared, page

from crossover.report.page.chart_files import write_charts
from crossover.report.page.charts.claims import pictures
from crossover.report.page.glance import glance, when_and_where
from crossover.results.claim_verdict import ClaimVerdict

PHONE = 390  # pixels
OPEN = "document.querySelectorAll('details').forEach(one => one.open = true)"
FREE = {"python": "/x/python3.14t", "version": "CPython 3.14.0 free-threaded"}


def drawn(facts, language="en", claim="pool-size"):
    """Return the pictures of a claim with these facts."""
    return list(pictures(claims_result(claim_run(claim, facts=facts), language=language), claim))


def rows(chart):
    """Return all rows of data that a picture shows."""
    return [row for part in chart.spec["datasets"].values() for row in part]


def titles(chart):
    return {one.get("title") for layer in chart.spec["layer"] for one in layer["encoding"].values() if "title" in one}


def test_the_table_on_top_counts_verdicts_by_theme_and_names_the_claims():
    table = glance(every_theme())
    assert table.headings == ("theme", "true", "true, but", "misleading", "false", "could not tell")
    threads = next(row for row in table.rows if row[0] == "Threads")
    assert [cell.text for cell in threads[1:]] == ["0", "0", "1", "2", "0"]
    assert (threads[4].kind, threads[4].detail) == ("bad", "threads-2, thread-faster-for-compute")


def test_the_date_is_written_as_in_the_language():
    assert when_and_where(every_theme())[0] == "27 November 2026, 09:05 UTC"
    assert when_and_where(every_theme("zh"), "zh")[0] == "2026 年 11 月 27 日 09:05 UTC"


def test_bars_are_times_with_their_units():
    (chart,) = drawn({"bars": BARS, "unit": "s"})
    assert {(row["name"], row["read"]) for row in rows(chart)} == {
        ("in a loop", "40 µs"), ("50 threads", "11 ms"), ("50 processes", "193 ms"),
    }  # fmt: skip
    assert "seconds (less is better), logarithmic" in titles(chart)
    assert chart.says == (
        "pool-size: seconds (less is better). in a loop 40 µs; 50 threads 11 ms; 50 processes 193 ms."
    )
    assert [row[1] for row in chart.table.rows] == list(BARS.values())


def test_a_curve_for_each_label_over_the_numbers_in_their_order():
    (chart,) = drawn({"curves": {"computing": {"2": 20.0, "10": 90.0, "1": 10.0}}, "unit": "tasks/s"})
    assert {(row["x"], row["value"]) for row in rows(chart)} == {(1.0, 10.0), (2.0, 20.0), (10.0, 90.0)}
    assert {"workers of the pool", "tasks/s (more is better)"} <= titles(chart)


def test_words_may_stand_where_numbers_do():
    (chart,) = drawn({"curves": {"computing": {"few": 20, "many": 90}}, "unit": "tasks/s"})
    assert [row["x"] for row in rows(chart)] == ["few", "many"]


def test_labels_and_axes_are_in_the_language_of_the_result():
    (chart,) = drawn({"bars": BARS, "unit": "s"}, "zh")
    assert {row["name"] for row in rows(chart)} == {"循环", "50 个线程", "50 个进程"}
    assert "秒（越少越好），对数刻度" in titles(chart)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"bars": []},
        {"bars": 7},
        {"bars": {"a": "b", "c": None, "d": math.inf}},
        {"curves": {"a": 1, "b": {"x": []}}},
    ],
)
def test_facts_that_are_no_figures_are_not_drawn(facts):
    assert not drawn(facts | {"unit": "s"})


def test_figures_that_are_all_nothing_are_drawn():
    assert len(drawn({"bars": {"a": 0, "b": 0.0}, "curves": {"a": {"1": 0, "2": 0}}})) == 2


def test_each_interpreter_has_a_picture_of_its_own():
    facts = {"bars": BARS, "unit": "s"}
    result = claims_result(claim_run("gil", facts=facts), claim_run("gil", facts=facts, **FREE))
    found = list(pictures(result, "gil"))
    assert [chart.name for chart in found] == ["gil", "gil-2"]
    assert "CPython 3.14.0 free-threaded" in found[1].table.caption


def test_pictures_are_written_as_files(tmp_path):
    written = write_charts({"": every_theme("zh")}, [], tmp_path)
    assert {path.name for path in written} == {
        f"{name}.{form}" for name in ("thread-faster-for-compute", "pool-size") for form in ("svg", "png")
    }


def test_each_article_has_its_language():
    html = page([every_theme(), every_theme("zh")])
    assert '<html lang="en">' in html
    assert '<article id="result-2" lang="zh"' in html
    assert '<html lang="zh">' in page([every_theme("zh")])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_draws_every_picture_and_asks_for_nothing(opened, language):
    found = opened(every_theme(language))
    assert not found.errors
    assert len(found.requests) == 1
    assert found.page.locator("[data-drawn] svg").count() == 2
    assert found.page.evaluate("document.documentElement.lang") == language


def test_the_words_of_the_page_are_in_its_language(opened):
    text = opened(every_theme("zh")).page.inner_text("body")
    assert "复制为 Markdown" in text
    assert "测量环境" in text
    assert not [words for words in ("Copy as", "Where it was measured", "Warnings", "At a glance") if words in text]


def test_a_claim_has_its_verdict_its_sentences_and_its_code(opened):
    block = opened(claims_result()).page.locator(".told")
    assert block.locator("h4#claim-pool-map").inner_text() == "pool-map false"  # a course can link to it
    assert "bad" in block.locator(".verdict").get_attribute("class")
    assert [one.inner_text() for one in block.locator("dt").all()] == ["Said:", "Seen:", "Instead:"]
    assert "returned [9, 1, 4]" in block.locator("dd").nth(1).inner_text()
    assert not block.locator("pre").is_visible()
    block.locator("summary").click()
    assert block.locator("pre").inner_text().rstrip() == CODE.rstrip()


def test_the_verdicts_of_several_interpreters_stand_in_one_table(opened):
    result = claims_result(claim_run("gil", ClaimVerdict.TRUE), claim_run("gil", **FREE))
    table = opened(result).page.locator("section table").first
    assert [one.inner_text() for one in table.locator("thead th").all()] == [
        "claim", "CPython 3.11.7", "CPython 3.14.0 free-threaded",
    ]  # fmt: skip
    cells = [(one.inner_text(), one.get_attribute("class")) for one in table.locator("tbody td").all()]
    assert cells == [("true", "good"), ("false", "bad")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_everybody_can_read_it(opened, language, scheme):
    found = opened(every_theme(language), claims_result(claim_run(), claim_run(**FREE)), scheme=scheme).page
    found.evaluate(OPEN)
    violations = Axe().run(found).response["violations"]
    assert not {one["id"]: [node["target"] for node in one["nodes"]] for one in violations if one["impact"] != "minor"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_fits_a_phone_and_long_code_scrolls_in_its_place(opened, language):
    found = opened(every_theme(language), width=PHONE).page
    found.evaluate(OPEN)
    assert found.evaluate("document.documentElement.scrollWidth") == PHONE
    assert found.evaluate("document.querySelector('pre').scrollWidth") > PHONE


def test_long_names_leave_room_on_a_phone(opened):
    long = "a-claim-with-a-name-" * 5
    facts = {"bars": {long: 1.0, "a label of many words " * 5: 2.0}, "unit": "s", long: long}
    runs = [claim_run(long, facts=facts), claim_run(long, ClaimVerdict.TRUE, {}, python=f"/{long}/python")]
    assert opened(claims_result(*runs), width=PHONE).page.evaluate("document.documentElement.scrollWidth") == PHONE


def test_code_is_whole_on_paper(opened):
    found = opened(every_theme(), compared()).page
    found.emulate_media(media="print")
    found.evaluate(OPEN)
    assert found.evaluate("[...document.querySelectorAll('pre')].every(one => one.scrollWidth <= one.clientWidth)")


def test_chinese_has_fonts_for_it_and_code_its_own(opened):
    found = opened(every_theme("zh")).page
    found.evaluate(OPEN)
    fonts = "element => getComputedStyle(document.querySelector(element)).fontFamily"
    assert "Noto Sans CJK SC" in found.evaluate(fonts, "dd")
    assert found.evaluate(fonts, "pre code").startswith("ui-monospace")
