"""Backlogs, on records written by hand: what they say of a transport, and how that looks."""

import pytest
from sample_records import result_of, run_of
from screen import printed

from crossover.analysis.backlogs import LEAST_GROWTH, backlog_points
from crossover.analysis.conclusions import conclude
from crossover.analysis.trust.warnings import run_warnings
from crossover.report.terminal.render import render
from crossover.results.records import Backlog, Cost, LoadShape

MIB = 2**20


def waited(transport="queue", throughput=500.0, memory=100 * MIB, role="producer", fill=0.5, **changes):
    held = Backlog(role=role, memory_bytes=memory, fill_seconds=fill)
    return run_of(transport, throughput, load=LoadShape(mode="backlog"), backlog=held, **changes)


def shown(*runs):
    return printed(render(conclude(result_of(*runs, backlog=True))))


def row(page, transport):
    return next(line for line in page.splitlines() if line.startswith(transport)).split()


def test_a_backlog_says_how_fast_it_was_sent_and_what_a_task_weighs():
    (point,) = backlog_points({"queue": [waited(memory=100_000_000)]})
    assert (point.role, point.fill, point.memory_bytes, point.bytes_per_task) == (
        "producer",
        2000,
        100_000_000,
        100_000,
    )


def test_the_largest_growth_counts_since_what_was_freed_before_is_used_again():
    (point,) = backlog_points({"queue": [waited(memory=size * MIB) for size in (90, 100, 20)]})
    assert point.memory_bytes == 100 * MIB


@pytest.mark.parametrize(("memory", "told"), [(LEAST_GROWTH, True), (LEAST_GROWTH - 1, False), (None, False)])
def test_what_a_task_weighs_is_said_only_where_it_can_be_told(memory, told):
    (point,) = backlog_points({"queue": [waited(memory=memory)]})
    assert (point.bytes_per_task is not None) is told


def test_who_had_no_backlog_is_left_out():
    assert backlog_points({"queue": [run_of()]}) == []


def test_the_cost_of_filling_does_not_make_the_draining_look_producer_bound():
    cost = Cost({"producer": 1.2}, 1.2, others_cpu_seconds=0.0, peak_rss_bytes={})
    assert run_warnings(waited(fill=1.0, seconds=1.0, cost=cost)) == []
    assert run_warnings(waited(seconds=0.1)) == ["ran for less than 0.2 s: give it more tasks (--backlog)"]


def test_the_fastest_drain_stands_first_with_the_longest_bar():
    page = shown(waited("queue", 500.0), waited("redis-list", 1000.0, memory=50 * MIB, role="broker", fill=0.1))
    assert page.splitlines()[0].startswith("power: a backlog of 1,000 tasks")
    longest, half = row(page, "redis-list")[3], row(page, "queue")[3]
    assert len(half) == pytest.approx(len(longest) / 2, abs=1)
    assert row(page, "redis-list") == ["redis-list", "10,000", "1,000", longest, "0", "broker", "50", "52,429"]
    assert page.index("redis-list") < page.index("queue")
    assert all(len(line) <= 80 for line in page.splitlines())


def test_what_is_not_known_is_a_dash():
    page = shown(waited("redis-list", memory=None, role="broker"), waited("queue", memory=MIB))
    assert row(page, "redis-list")[-2:] == ["-", "-"]
    assert row(page, "queue")[-2:] == ["1", "-"]
    assert "8 MiB" in page


def test_a_long_name_leaves_room_for_every_figure():
    name = "celery+rabbitmq://a.long.host:5672/%2F?prefetch=16"
    page = shown(*(waited(name, memory=12345 * MIB, round=number) for number in (1, 2)))
    for heading in ("fill/s", "drain/s", "± 95%", "lost", "held by", "MiB", "bytes/task"):
        assert heading in page
    assert all(len(line) <= 80 for line in page.splitlines())


def test_a_loss_is_seen():
    assert row(shown(waited(delivery={"lost": 7})), "queue")[-4] == "7"


def test_where_it_broke_while_it_was_filled_that_is_said():
    page = shown(run_of(ending="the transport broke: it took only 3", load=LoadShape(mode="backlog")))
    assert "queue, round 1: the transport broke: it took only 3" in page
