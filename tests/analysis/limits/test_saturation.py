"""With how many workers something else is the limit: an estimate from the CPU time of a task."""

import pytest
from sample_records import run_of

from crossover.analysis.limits.saturation import saturation
from crossover.results.conclusions.findings import Limit
from crossover.results.records import Cost, Host

HOST = Host("a cpu", 2, 2**30, "Linux 6", "CPython 3.11", gil=True, start_method="fork", packages={})


def rounds(transport, workers, each=95, cpu=None, **changes):
    """Return rounds of a second in which each worker does some tasks, with µs of CPU time per task and role."""
    runs = []
    for number, part in enumerate((0.99, 1.0, 1.01, 1.0), start=1):
        done = round(each * workers * part)
        seconds = {role: done * used / 1e6 for role, used in (cpu or {"producer": 50, "workers": 150}).items()}
        facts = {"workers": workers, "round": number, "delivery": {"completed": done}, "url": transport}
        runs.append(run_of(f"{transport}?workers={workers}", done, cost=Cost(seconds, 0.1, 0.0, {}), **facts | changes))
    return runs


def found_of(*rows, which=-1, limit=Limit.WORKERS, host=HOST):
    runs = {row[0].transport: row for row in rows}
    label = rows[which][0].transport
    return saturation(label, runs, dict.fromkeys(runs, limit), host)


def test_more_workers_help_until_the_cores_are_used_up():
    found = found_of(rounds("queue", 2))
    assert found.workers == pytest.approx(2 / 200e-6 / 95, rel=0.03)  # 2 cores, 200 µs a task: 10,000 tasks/s
    assert found.limit is Limit.CORES
    assert found.low < found.workers < found.high


def test_threads_with_a_gil_have_one_core_together():
    found = found_of(rounds("threads", 2, cpu={"producer": 200}))
    assert found.workers == pytest.approx(1 / 200e-6 / 95, rel=0.03)
    assert found.limit is Limit.GIL


def test_a_producer_that_needs_most_of_the_time_is_used_up_first():
    assert found_of(rounds("queue", 2, cpu={"producer": 150, "workers": 20})).limit is Limit.PRODUCER


def test_numbers_of_workers_that_do_not_agree_make_the_interval_wide():
    near = found_of(rounds("queue", 16, cpu={"producer": 50, "workers": 150}))
    wide = found_of(rounds("queue", 2, cpu={"producer": 50, "workers": 450}), rounds("queue", 16))
    assert wide.workers == near.workers
    assert wide.low < 45 < near.low
    assert wide.high == near.high


def test_as_many_as_were_tried_are_too_few_whatever_the_cpu_time_says():
    assert found_of(rounds("queue", 300)).workers == 301


@pytest.mark.parametrize("limit", [Limit.CORES, Limit.SHARED])
def test_nothing_is_told_of_what_more_workers_would_not_change(limit):
    assert found_of(rounds("queue", 2), limit=limit) is None


def test_nothing_is_told_where_no_cpu_time_is_known_or_no_number_can_be_chosen():
    assert found_of(rounds("queue", 2, cpu={"workers": 0})) is None
    assert found_of(rounds("serial", 2)) is None
