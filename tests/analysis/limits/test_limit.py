"""What limited a figure, and that nothing which too few workers have limited is called a ceiling."""

import msgspec
import pytest
from sample_records import AT_MOST_ONCE_ACROSS, result_of, rounds_of

from crossover.analysis.conclusions import conclude
from crossover.report.wording.comparison.crossing import one_machine_limit
from crossover.report.wording.comparison.ranking import versus_fastest
from crossover.results.conclusions.findings import Limit, Standing
from crossover.results.records import Cost, Delivered, LoadShape
from crossover.results.task import TaskSample

SLEEPS = TaskSample(
    tasks=20, seconds=0.0102, mean=0.0102, low=0.0101, high=0.0103, cpu_seconds=0.0003, waiting=0.97, memory_bytes=0
)
COMPUTES = msgspec.structs.replace(SLEEPS, cpu_seconds=0.0102, waiting=0.0, two_threads=1.0)


def cost(producer=0.05, workers=0.05, broker=None, others=0.0):
    seconds = {"producer": producer, "workers": workers} | ({} if broker is None else {"broker": broker})
    return Cost(seconds, 0.1, others_cpu_seconds=others, peak_rss_bytes={})


def busy(transport, throughput, workers=2, part=0.98, spread=0.004, **changes):
    """Return four rounds of a second in which the workers ran tasks for a part of their time."""
    done = {"attempted": int(throughput), "accepted": int(throughput), "completed": int(throughput)}
    facts = {"workers": workers, "cost": cost(), "delivery": done, "tasks": int(throughput)}
    facts["load"] = LoadShape("closed", window=16 * workers)
    figures = [throughput * (1 + spread * step) for step in (-1, 0, 1, 0.5)]
    return rounds_of(transport, *figures, execute_seconds=part * workers, **facts | changes)


def across(name, throughput, **changes):
    return busy(name, throughput, **{"guarantee": AT_MOST_ONCE_ACROSS, "cost": cost(broker=0.05)} | changes)


def found_of(*runs, task=SLEEPS, **changes):
    return conclude(msgspec.structs.replace(result_of(*runs, **changes), task=task))


def limit_of(*runs, task=None):
    (one,) = found_of(*runs, task=task).summary
    return one.limit


def standings(result):
    return {one.transport: one.standing for one in result.summary}


def test_two_workers_that_sleep_are_no_ceiling_of_a_machine():
    nothing = rounds_of(
        "redis-list", *[20_000] * 3, workload="noop", guarantee=AT_MOST_ONCE_ACROSS, load=LoadShape("closed", window=32)
    )
    result = found_of(*busy("threads", 195), *busy("queue", 194), *across("redis-list", 193), probes=nothing)
    assert set(standings(result).values()) == {Standing.LIMITED}
    assert {one.limit for one in result.summary} == {Limit.WORKERS}
    assert versus_fastest(result) == ["limited by workers"] * 3
    assert result.crossing is None
    assert result.answer.local is None
    assert result.answer.saturating > 30  # an estimate, with its interval and the command that checks it
    assert result.answer.saturating_low < result.answer.saturating < result.answer.saturating_high
    assert result.answer.next[:2] == ["scale", "threads"]


def test_rows_with_few_workers_are_compared_with_nothing_and_those_with_many_are():
    result = found_of(
        *busy("threads", 195),
        *busy("threads?workers=64", 5_910, workers=64, url="threads"),
        *busy("queue", 194),
        *busy("queue?workers=64", 5_200, workers=64, url="queue"),
        *across("redis-list", 193),
        *across("redis-list?workers=64", 4_640, workers=64, url="redis-list"),
    )
    assert standings(result) == {
        "threads?workers=64": Standing.FASTEST,
        "queue?workers=64": Standing.SLOWER,
        "threads": Standing.LIMITED,
        "queue": Standing.LIMITED,
        "redis-list?workers=64": Standing.FASTEST,
        "redis-list": Standing.LIMITED,
    }
    crossing = result.crossing
    assert (crossing.local, crossing.remote) == ("threads?workers=64", "redis-list?workers=64")
    assert (crossing.enough, crossing.reach, crossing.added_us) == (None, [], None)  # 64 workers may be too few, too
    assert one_machine_limit(crossing) == ""


def test_what_fills_the_cores_is_the_fastest_whatever_the_figures_of_too_few_workers_are():
    full = busy("queue?workers=64", 900, workers=64, url="queue", cost=cost(0.1, 1.85))
    result = found_of(*busy("queue", 195), *full, task=None)
    assert standings(result) == {"queue?workers=64": Standing.FASTEST, "queue": Standing.LIMITED}


@pytest.mark.parametrize(
    ("limit", "runs"),
    [
        (Limit.WORKERS, busy("queue", 195)),
        (Limit.CORES, busy("queue", 900, cost=cost(0.1, 1.8))),
        (Limit.PRODUCER, busy("queue", 50_000, part=0.1, cost=cost(0.98, 0.7))),
        (Limit.BROKER, across("redis-list", 50_000, part=0.1, cost=cost(0.4, 0.4, 0.95))),
        (Limit.GIL, busy("threads", 90, cost=Cost({"producer": 1.02}, 0.1, 0.0, {}))),
        (Limit.WINDOW, busy("queue", 100, part=0.5, load=LoadShape("closed", window=2))),
        (Limit.INPUT, busy("queue", 40, workers=16, tasks=40)),
        (Limit.PRODUCER, busy("serial", 100, cost=Cost({"producer": 0.99}, 0.1, 0.0, {}))),
    ],
)
def test_every_limit_is_recognised(limit, runs):
    assert limit_of(*runs) is limit


def test_of_what_nothing_shows_the_limit_is_unknown():
    assert limit_of(*rounds_of("queue", *[1_000] * 4)) is None


def test_other_processes_that_fill_the_cores_do_not_hide_that_workers_only_slept():
    assert limit_of(*busy("queue", 180, cost=cost(others=1.8))) is Limit.WORKERS


def test_tasks_that_compute_want_all_cores_even_if_other_processes_have_them():
    crowded = busy("queue", 60, cost=cost(0.05, 0.5, others=1.4))
    assert limit_of(*crowded, task=COMPUTES) is Limit.CORES
    assert limit_of(*busy("queue", 60, workers=1, cost=cost(0.05, 0.9)), task=COMPUTES) is Limit.WORKERS
    assert limit_of(*busy("threads", 60, cost=Cost({"producer": 0.6}, 0.1, 1.2, {})), task=COMPUTES) is Limit.GIL


def test_tasks_that_wait_for_a_lock_gain_nothing_from_more_workers():
    result = found_of(*busy("queue", 500), *busy("queue?workers=32", 501, workers=32, url="queue"))
    assert {one.limit for one in result.summary} == {Limit.SHARED}
    assert standings(result)["queue"] is not Standing.LIMITED


def test_tasks_that_share_a_little_are_limited_by_what_they_share_only_with_many_workers():
    result = found_of(*busy("queue", 195), *busy("queue?workers=64", 1_900, workers=64, url="queue"))
    assert {one.transport: one.limit for one in result.summary} == {
        "queue?workers=64": Limit.SHARED,
        "queue": Limit.WORKERS,
    }


def test_nothing_is_limited_in_a_result_of_an_older_version():
    runs = busy("queue", 195)
    old = [msgspec.structs.replace(run, execute_seconds=0.0, delivery=Delivered(*[0] * 12)) for run in runs]
    assert limit_of(*old) is None


def test_workers_that_other_processes_held_up_are_not_the_limit():
    held_up = busy("queue", 60, part=0.5, cost=cost(0.05, 0.4, others=1.5))
    assert limit_of(*held_up) is None
    assert limit_of(*busy("queue", 60, part=0.5, cost=cost(0.05, 0.4)), task=COMPUTES) is None
