"""What a reader sees first, and the words that the page explains; without a browser."""

from output_blocks import OF_PAGE, ROOT
from sample_records import result_of, rounds_of
from sample_results import compared, judged, scaled_up, shared, slower, struck

from crossover.report.page.charts.scaling import RING
from crossover.report.page.glance import glance, when_and_where
from crossover.report.page.sections import sections
from crossover.report.page.terms import Terms, glossary
from crossover.results.conclusions.findings import Limit, Standing

LOSSES = {"lost": 900, "failed": 3, "completed": 97}


def rows(result):
    table = glance(result)
    return [dict(zip(table.headings, row, strict=True)) for row in table.rows]


def test_the_date_and_the_host_come_first():
    result = compared()
    result.started_at = "2026-11-27T09:05:00+00:00"
    assert when_and_where(result) == ["27 November 2026, 09:05 UTC", "a cpu, 2 cores, 1 GiB", "Linux 6", "CPython 3.11"]


def test_a_date_that_is_none_is_shown_as_it_is():
    result = compared()
    result.started_at = "some day"
    assert when_and_where(result)[0] == "some day"


def test_the_table_says_what_limited_a_transport_and_with_how_many_workers():
    result = compared()
    result.summary[0].workers, result.summary[0].limit = 64, Limit.CORES
    assert [rows(result)[0][heading] for heading in ("transport", "workers", "limited by")] == ["queue", 64, "cores"]


def test_what_was_lost_or_failed_is_marked_in_the_table():
    found = rows(result_of(*rounds_of("queue", 1000, 1100, delivery=LOSSES), *rounds_of("pipe", 9, 10)))
    assert {(row["transport"], row["lost"].text, row["lost"].kind) for row in found} == {
        ("queue", "1,800", "bad"), ("pipe", "0", ""),
    }  # fmt: skip


def test_every_kind_that_has_a_short_table_has_it_on_top():
    assert [row["with workers"] for row in rows(scaled_up())]
    assert [row["lost"].text for row in rows(shared())] == ["600", "0"]
    assert [row["tasks lost"] for row in rows(judged(struck("fast", lost=7), struck("safe")))] == [7, 0]
    assert rows(slower(compared(), 0.2))[0]["change"].kind == "bad"


def charts(result):
    return {chart.name: chart for section in sections(result) for chart in section.charts}


def words(chart):
    return {row.get("read") for part in chart.spec["datasets"].values() for row in part}


def test_every_chart_of_a_damaged_transport_says_what_went_wrong():
    result = compared(delivery=LOSSES)
    found = charts(result)
    assert {"throughput", "latency", "hops", "cpu", "memory"} <= found.keys()
    for chart in found.values():
        assert "damaged: 4,500 lost, 15 failed" in words(chart)


def test_a_bar_that_workers_limited_says_so():
    result = compared()
    result.summary[1].standing, result.summary[1].limit = Standing.LIMITED, Limit.WORKERS
    found = charts(result)["throughput"]
    assert "limited by workers" in words(found)
    assert "(limited by workers)" in found.says


def test_one_chart_has_all_transports_their_laws_and_the_ideal():
    found = charts(scaled_up())["scaling"]
    parts = [row for part in found.spec["datasets"].values() for row in part]
    assert {row["name"] for row in parts if "law" in row} == {"queue", "pool"}
    assert {row["name"] for row in parts if "most" in row} == {"queue", "pool"}
    each = {round(row["ideal"] / row["workers"]) for row in parts if "ideal" in row}
    assert len(each) == 1


def test_each_word_of_the_glossary_is_unique_and_the_documents_have_the_same():
    names = [name.lower() for term in glossary() for name in (term.word, *term.others)]
    assert len(set(names)) == len(names) > 40
    assert OF_PAGE.read_text(encoding="utf-8") in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")


def test_a_sentence_explains_a_word_once_and_runs_nothing():
    terms = Terms()
    first = terms.sentence("<b>The window</b>, and another window.")
    assert first.startswith("&lt;b&gt;The <a ")
    assert first.count("<a ") == 1
    assert terms.sentence("The window.") == "The window."
    assert terms.heading("p99") != "p99"
    assert [term.word for term in terms.listed()] == ["window", "p50"]


def test_a_number_of_workers_at_which_the_curve_rises_is_not_recommended():
    result = scaled_up()
    for one in result.laws:
        one.still_rising = True
    assert {row["recommended"] for row in rows(result)} == {"still rising"}
    marks = [layer["mark"] for layer in charts(result)["scaling"].spec["layer"]]
    assert RING not in {mark["size"] for mark in marks if "size" in mark}
