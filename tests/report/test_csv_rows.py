"""All runs as CSV: a row for each run and probe, a column for each figure."""

import csv
import io

from sample_records import result_of, rounds_of, run_of
from sample_shares import share_result, share_run

from crossover.report.formats.csv_rows import as_csv
from crossover.results.records import Hops, Percentiles


def rows_of(*results):
    return list(csv.DictReader(io.StringIO(as_csv(results), newline="")))


def test_each_run_and_each_probe_has_a_row_that_says_which_it_is():
    rows = rows_of(result_of(*rounds_of("queue", 1000, 900), probes=[run_of("queue", 5000, workload="noop")]))
    assert [(row["part"], row["workload"], float(row["throughput"])) for row in rows] == [
        ("run", "power", 1000),
        ("run", "power", 900),
        ("probe", "noop", 5000),
    ]


def test_what_is_nested_has_a_column_of_its_own_in_the_order_of_the_records():
    timed = run_of("pipe", latency_ms=Percentiles(1.0, 2.0, 3.0, None, 4.0, 1.5), hops_us=Hops(1, 2, 3, 4))
    plain, full = rows_of(result_of(run_of("queue"), timed))
    assert (full["latency_ms.p99"], full["latency_ms.p999"], full["hops_us.return"]) == ("3.0", "", "4")
    assert plain["latency_ms.p99"] == ""
    columns = list(full)
    names = ("transport", "load.mode", "throughput", "latency_ms.p50", "hops_us.submit", "delivery.lost", "ending")
    assert sorted(names, key=columns.index) == list(names)
    assert "payload_bytes" in columns
    assert "latency_ms" not in columns


def test_lines_quotes_and_commas_come_back_as_they_were():
    text = 'a "b", c\nd'
    (row,) = rows_of(result_of(run_of(text, ending=text, reasons={text: 3})))
    assert (row["transport"], row["ending"]) == (text, text)
    assert row["reasons"] == '{"a \\"b\\", c\\nd":3}'


def test_results_of_several_kinds_share_one_heading():
    rows = rows_of(result_of(run_of("queue")), share_result(share_run("value", 1000, lost=7)))
    assert [(row["result"], row["kind"]) for row in rows] == [("1", "comparison"), ("2", "share")]
    assert (rows[0]["lost_updates"], rows[1]["lost_updates"]) == ("", "7")
    assert (rows[0]["hung"], rows[1]["overlapped"]) == ("false", "true")


def test_without_runs_there_is_a_heading_alone():
    assert as_csv([result_of()]) == "result,kind,started_at,part\n"
