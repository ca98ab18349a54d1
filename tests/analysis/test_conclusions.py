"""A result is completed with what follows from its runs, and with nothing that does not."""

import pytest
from msgspec.structs import replace
from sample_records import result_of, rounds_of, run_of
from sample_scales import law, scaled

from crossover.analysis import conclusions
from crossover.analysis.conclusions import conclude, conclude_if_missing
from crossover.results.records import Backlog, LoadShape, Percentiles

DELAY = Percentiles(p50=1.0, p90=1.0, p99=2.0, p999=None, max=3.0, mean=1.0)
TWO = (*rounds_of("queue", 1000, 1001, 999, 1000), *rounds_of("pipe", 900, 901, 899, 900))


def at_rate(transport, rate, number):
    load = LoadShape("open", rate=rate)
    return run_of(transport, 100.0, round=number, load=load, achieved_rate=rate, latency_ms=DELAY, send_delay_ms=DELAY)


def test_a_comparison_has_a_summary_and_pairs_where_one_is_compared_with_another():
    found = result_of(*TWO, compared_with={"pipe": "queue"})
    assert [one.transport for one in found.summary] == ["queue", "pipe"]
    assert [(one.transport, one.base) for one in found.pairs] == [("pipe", "queue")]
    assert not found.loads
    assert not result_of(*TWO).pairs


def test_what_crosses_the_wire_stands_with_its_transport():
    found = conclude(replace(result_of(*TWO), wire={"pipe": 123.0}))
    assert {one.transport: one.wire_bytes for one in found.summary} == {"queue": None, "pipe": 123.0}


def test_another_version_of_the_function_is_no_transport_of_its_own_in_what_a_broker_costs(monkeypatch):
    asked = []

    def note(summaries, *_):
        asked.append([one.transport for one in summaries])

    monkeypatch.setattr(conclusions, "crossover_point", note)
    result_of(*TWO, compared_with={"queue": "pipe"}, against="old:fn")
    result_of(*TWO, compared_with={"queue": "pipe"})
    assert asked == [["queue"], ["queue", "pipe"]]


def test_at_a_rate_there_are_loads_and_runs_in_open_loop_are_in_no_summary():
    runs = [at_rate(label, 50.0, number) for label in ("queue", "pipe") for number in (1, 2)]
    found = result_of(*TWO, *runs, rate=50.0, compared_with={"pipe": "queue"})
    assert {one.transport for one in found.loads} == {"queue", "pipe"}
    assert [one.throughput for one in found.summary] == [1000.0, 900.0]
    assert not found.pairs


def test_numbers_of_workers_have_points_and_a_law_and_no_summary():
    found = result_of(*scaled("pipe", law(0, 0)), worker_counts=[1, 2, 3, 4, 6, 8])
    assert [point.workers for point in found.points] == [1, 2, 3, 4, 6, 8]
    assert [one.transport for one in found.laws] == ["pipe"]
    assert (found.summary, found.crossing) == ([], None)


def test_payload_sizes_have_a_point_each():
    runs = [run_of("queue", 1000.0 / size, round=1, payload_bytes=size) for size in (1, 10)]
    assert [(one.payload_bytes, one.throughput) for one in result_of(*runs, payloads=[1, 10]).sweep] == [
        (1, 1000.0),
        (10, 100.0),
    ]


def test_a_backlog_has_its_summary_its_pairs_and_how_fast_it_was_sent():
    backlog = Backlog(role="producer", memory_bytes=2**24, fill_seconds=2.0)
    runs = [replace(run, backlog=backlog, load=LoadShape("backlog")) for run in TWO]
    found = result_of(*runs, backlog=True, compared_with={"pipe": "queue"})
    assert [(one.transport, one.fill) for one in found.backlogs] == [("queue", 500.0), ("pipe", 500.0)]
    assert [one.transport for one in found.summary] == ["queue", "pipe"]
    assert [one.transport for one in found.pairs] == ["pipe"]


@pytest.mark.parametrize("drawn", ["summary", "points", "loads", "sweep"])
def test_conclusions_that_a_command_could_not_draw_are_drawn_and_others_stay(drawn):
    empty = replace(result_of(*TWO), summary=[], points=[], loads=[], sweep=[])
    assert [one.transport for one in conclude_if_missing(empty).summary] == ["queue", "pipe"]
    complete = replace(empty, **{drawn: ["as it was"]})
    assert conclude_if_missing(complete) is complete
