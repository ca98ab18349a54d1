"""A chart, its text and its table say what the terminal says, and nothing that was not measured."""

import json
import re

import msgspec
import pytest
from sample_records import AT_MOST_ONCE_ACROSS, paced_rounds, percentiles_of, result_of, rounds_of
from sample_results import compared, judged, slower, struck
from sample_scales import law, scale_of, scaled
from sample_shares import share_result, share_run

from crossover.report.page.sections import sections
from crossover.results.records import Backlog, Cost, Hops, LoadShape
from crossover.results.safety import SafetyCost

LOSSES = {"lost": 900, "completed": 100}
HELD = {"load": LoadShape("backlog"), "backlog": Backlog("producer", 2**24, 0.5)}


def chart(result, name):
    (found,) = (one for section in sections(result) for one in section.charts if one.name == name)
    return found


def column(table, heading):
    return [row[list(table.headings).index(heading)] for row in table.rows]


def drawn(found):
    """Return every value that a chart shows."""
    return [row for rows in found.spec["datasets"].values() for row in rows]


def test_losses_at_a_rate_are_not_those_of_the_closed_loop():
    lossy = paced_rounds("queue", 5, 6, fraction=0.8, delivery={"lost": 7, "failed": 3})
    table = chart(result_of(*rounds_of("queue", 1000, 1010), *lossy, fractions=[0.8]), "throughput").table
    assert column(table, "lost") == column(table, "failed") == [0]


def test_a_p999_that_one_round_has_is_not_that_of_all():
    tails = [percentiles_of(5, p999=50.0), *[percentiles_of(5)] * 4]
    runs = [run for tail in tails for run in rounds_of("queue", 1000, latency_ms=tail)]
    found = chart(result_of(*runs), "latency")
    assert column(found.table, "p99.9") == [None]
    assert "p99.9 " not in found.says.partition(":")[2]


@pytest.mark.parametrize(
    ("batch", "words"), [(1, "Where a task's time goes"), (10, "Where the time of a message (10 tasks) goes")]
)
def test_hops_are_those_of_a_message_where_tasks_go_in_batches(batch, words):
    runs = rounds_of("queue", 1000, batch=batch, hops_us=Hops(1.0, 2.0, 3.0, 4.0))
    found = chart(result_of(*runs, batch=batch), "hops")
    assert found.table.caption.startswith(words)
    assert found.says.startswith(words)
    assert "queueing is part of wait and return" in found.table.caption


def test_a_latency_in_closed_loop_is_said_to_be_queueing():
    found = chart(compared(), "latency")
    assert "queueing: closed loop with a full window" in found.table.caption
    assert "queueing: closed loop with a full window" in found.says


def test_a_latency_at_a_rate_is_not():
    assert "queueing" not in chart(result_of(*paced_rounds("queue", 5, 6), rate=1000.0), "latency").table.caption


def test_damage_is_said_in_words():
    found = chart(result_of(*rounds_of("queue", 1000, 1100, delivery=LOSSES), *rounds_of("pipe", 9, 10)), "throughput")
    assert "queue 1,050 (damaged)" in found.says
    assert "1,050 (damaged)" in {row.get("read") for row in drawn(found)}
    assert "pipe 9.5." in found.says


def test_a_damaged_backlog_is_said_to_be_so():
    runs = [*rounds_of("queue", 1000, 1100, delivery=LOSSES, **HELD), *rounds_of("pipe", 900, 950, **HELD)]
    found = chart(result_of(*runs, backlog=True), "backlog")
    assert "drain 1,050 (damaged)" in found.says
    assert [row["read"] for row in drawn(found) if row.get("name") == "§§queue"] == ["damaged: 1,800 lost"]
    assert column(found.table, "standing") == ["damaged", "-"]
    assert column(found.table, "lost") == [1800, 0]
    assert column(found.table, "95% low")[1] == 900


def test_a_payload_that_is_lost_is_not_the_best():
    runs = [*rounds_of("queue", 5000, 5100, payload_bytes=1024, delivery=LOSSES),
            *rounds_of("pipe", 1000, 1100, payload_bytes=1024)]  # fmt: skip
    result = result_of(*runs, payloads=[1024])
    for name, ends in (("payload-tasks", [5000, 1000]), ("payload-bytes", [10.24, 2.048])):
        found = chart(result, name)
        assert "(damaged)" in found.says.partition("queue")[2].partition("pipe")[0]
        assert [row["name"] for row in drawn(found) if row["damage"]] == ["queue"]
        assert column(found.table, "standing") == ["damaged", "-"]
        assert column(found.table, "lost") == [1800, 0]
        assert column(found.table, "95% low") == pytest.approx(ends)


def test_a_damaged_number_of_workers_is_said_to_be_so():
    runs = scaled("queue", law(0.05, 0.01))
    for run in runs[:1]:
        run.delivery.lost = 5
    found = chart(scale_of(*runs), "scaling")
    assert re.search(r"1: [\d,]+ \(damaged\), 2: [\d,]+,", found.says)
    assert "(damaged)" in {row.get("damage") for row in drawn(found)}


def test_a_damaged_rate_is_said_to_be_so():
    lossy = paced_rounds("queue", 5, 6, fraction=0.8, delivery={"lost": 7})
    found = chart(result_of(*rounds_of("queue", 1000, 1010), *lossy, fractions=[0.8]), "latency-load")
    assert "(damaged)" in found.says


def test_one_round_has_no_interval_and_no_fastest():
    found = chart(result_of(*rounds_of("queue", 1000), *rounds_of("pipe", 900)), "throughput")
    assert column(found.table, "95% low") == column(found.table, "95% high") == [None, None]
    assert column(found.table, "vs fastest") == ["-", "-"]
    assert {row.get("from") for row in drawn(found)} == {None}


def test_five_rounds_have_both():
    table = chart(compared(), "throughput").table
    assert None not in column(table, "95% low")
    fastest, *others = column(table, "vs fastest")
    assert fastest == "fastest"
    assert all(one.startswith("-") and one.endswith("%)") for one in others)


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("updates", share_result(share_run("value"))),
        ("scaling", scale_of(*scaled("queue", law(0.05, 0.01), rounds=1))),
        ("backlog", result_of(*rounds_of("queue", 1000, **HELD), backlog=True)),
        ("payload-tasks", result_of(*rounds_of("queue", 1000, payload_bytes=1024), payloads=[1024])),
    ],
)
def test_no_chart_has_an_interval_of_one_round(name, result):
    assert set(column(chart(result, name).table, "95% low")) == {None}


def test_a_p99_of_one_round_has_no_interval():
    paced = paced_rounds("queue", 5, fraction=0.8)
    found = chart(result_of(*rounds_of("queue", 1000), *paced, fractions=[0.8]), "latency-load")
    assert column(found.table, "p99 low") == [None]


def changes_of(rounds, threshold=0.1):
    base = compared(rounds=rounds)
    (section,) = sections(msgspec.structs.replace(slower(base, 0.2, rounds), threshold=threshold))
    return [*(found.table for found in section.charts), *section.tables][0]


def test_what_has_changed_in_one_round_has_no_interval():
    assert set(column(changes_of(1), "95% low")) == {None}
    assert None not in column(changes_of(5), "95% low")


@pytest.mark.parametrize(("threshold", "said"), [(0.025, "2.5%"), (0.004, "0.4%"), (0.1, "10%")])
def test_a_threshold_is_the_one_that_was_typed(threshold, said):
    assert changes_of(5, threshold).caption.endswith(f"the threshold, {said}")


def test_a_level_without_faults_is_not_shown_as_lossless():
    result = judged(struck("default", lost=3), struck("safe"))
    result.costs.append(SafetyCost("redis-list", "fast", 50_000.0, 0, 0, 0))
    found = chart(result, "safety-throughput")
    assert "default 13,333 tasks/s and 3 lost" in found.says
    assert "safe 6,667 tasks/s and 0 lost" in found.says
    assert "fast 50,000 tasks/s and losses not measured" in found.says
    assert [row["outcome"] for row in drawn(found)] == ["tasks lost", "nothing lost", "not measured"]
    assert column(found.table, "lost") == [3, 0, "not measured"]


def test_a_broker_elsewhere_does_not_look_cheap():
    cost = Cost({"producer": 0.2, "workers": 0.1}, 0.3, 0.0, {"producer": 2**25, "workers": 2**25})
    away = rounds_of("redis-list", 1000, 1010, cost=cost, guarantee=AT_MOST_ONCE_ACROSS)
    result = result_of(*away, *rounds_of("queue", 1000, 1010, cost=cost))
    for name in ("cpu", "memory"):
        found = chart(result, name)
        assert found.table.caption.endswith("; redis-list: broker not measured")
        assert found.says.count("broker not measured") == 1
        assert [row["name"].strip("§") for row in drawn(found) if row.get("read") == "broker not measured"] == [
            "redis-list"
        ]


def test_a_band_is_named_only_where_there_is_one():
    result = scale_of(*scaled("queue", law(0.05, 0.01)))
    assert "with the fitted law and its band" in chart(result, "scaling").says
    result.laws[0].band = []
    assert "with the fitted law;" in chart(result, "scaling").says


def test_the_curve_is_the_law():
    found = chart(scale_of(*scaled("queue", law(0.05, 0.01))), "scaling")
    assert column(found.table, "law") == pytest.approx([law(0.05, 0.01)(n) for n in (1, 2, 3, 4, 6, 8)], rel=0.01)


def test_nothing_that_is_pointed_at_has_an_exponent():
    for result in (compared(), judged(), scale_of(*scaled("queue", law(0.05, 0.01)))):
        specs = json.dumps([one.spec for section in sections(result) for one in section.charts])
        assert not re.search(r'"format": ",\.\d~?g"', specs)
