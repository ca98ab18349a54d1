"""Cores in use: ours, the producer's, those of others; and how many of them one task keeps busy."""

import msgspec
import pytest
from sample_records import AT_MOST_ONCE_ACROSS, run_of
from sample_scales import scale_of, scaled

from crossover.analysis.limits.core_usage import core_usage, cores_per_task, cpu_per_task, workers_that_fill
from crossover.results.records import Cost, Host

MACHINE = Host("a cpu", 4, 2**30, "Linux 6", "CPython 3.11", gil=True, start_method="fork", packages={})


def run(producer=1.0, workers=3.0, others=0.0, seconds=2.0, stolen=0.0, **changes):
    cost = Cost({"producer": producer, "workers": workers}, 1.0, others, {}, stolen_seconds=stolen)
    return run_of(cost=cost, seconds=seconds, **changes)


def usage(*runs, **host):
    return core_usage(runs, msgspec.structs.replace(MACHINE, **host))


def test_cores_are_cpu_seconds_for_each_second():
    found = usage(run(others=1.0))
    assert (found.ours, found.producer, found.others, found.full) == (2.0, 0.5, 0.5, False)


def test_the_median_round_counts_and_one_without_time_has_used_nothing():
    assert usage(run(1.0), run(9.0), run(1.0)).ours == 2.0
    assert usage(run(seconds=0.0)).ours == usage(run(others=5.0, seconds=0.0)).others == 0.0
    assert usage(run_of(cost=Cost({}, 1.0, 0.0, {}))).producer == 0.0


@pytest.mark.parametrize(
    ("others", "stolen", "full"), [(3.2, 0.0, True), (3.1, 0.0, False), (0.0, 3.2, True), (0.0, 3.1, False)]
)
def test_nine_tenths_of_all_cores_are_all_whoever_uses_them(others, stolen, full):
    assert usage(run(others=others, stolen=stolen), all_cores=4).full is full


@pytest.mark.parametrize(("all_cores", "others"), [(4, 2.0), (8, 0.0)])
def test_others_that_may_run_elsewhere_use_no_cores_of_ours(all_cores, others):
    assert usage(run(others=4.0), all_cores=all_cores).others == others


def test_a_task_keeps_as_many_cores_busy_as_it_uses_cpu_seconds_for_each_second_of_it():
    done = run(workers=4.0, execute_seconds=2.0)
    assert cores_per_task([done], []) == 2.0
    idle = run(workers=1.0)  # a thousand tasks that do nothing: this is the transport's
    assert cores_per_task([done], [idle]) == pytest.approx(1.5)


@pytest.mark.parametrize(("running", "cores"), [(None, 1.0), (3.9, 1.0), (4.0, 2.0), (12.0, 6.0)])
def test_threads_that_wait_for_a_core_count_from_two_for_each_worker_on(running, cores):
    done = run(workers=2.0, execute_seconds=2.0)
    done.cost.running_threads = running
    assert cores_per_task([done], []) == cores


@pytest.mark.parametrize("nothing", [{"delivery": {"completed": 0}}, {"execute_seconds": 0.0}, {"seconds": 0.0}])
def test_where_no_task_was_done_nothing_is_known_of_it(nothing):
    facts = {"execute_seconds": 2.0} | nothing
    assert cores_per_task([run(**facts)], []) is None


def test_where_the_producer_is_the_worker_all_cpu_time_is_the_tasks():
    assert cpu_per_task(run_of("serial", cost=Cost({"producer": 2.0}, 1.0, 0.0, {}))) == 2e-3
    assert cpu_per_task(run(producer=9.0, workers=2.0)) == 2e-3


@pytest.mark.parametrize(("cores", "capacity", "workers"), [(2.0, 8.0, 4), (3.9, 4.0, 1), (9.0, 4.0, 1), (1.5, 4.0, 3)])
def test_so_many_workers_fill_the_cores_and_one_at_least(cores, capacity, workers):
    assert workers_that_fill(cores, capacity) == workers


def limit(transport, cpu, producer, workers=2, cores=2, **more):
    """Return what limited a run of a second, in which the workers and the producer used so many cores."""
    throughput, cpu_ms = 1_000, cpu * 1e3 / 1_000
    return (
        scale_of(
            *scaled(transport, lambda _: throughput, counts=(workers,), cpu_ms=cpu_ms, producer=producer, **more),
            cores=cores,
        )
        .points[0]
        .limit
    )


@pytest.mark.parametrize(("cpu", "said"), [(0.88, ""), (0.95, "GIL"), (1.1, "GIL"), (1.3, "")])
def test_threads_that_take_turns_use_about_one_core(cpu, said):
    assert limit("threads", cpu, 0.0, cores=4) == said
    assert limit("threads", 0.95, 0.0, cores=1) == "machine"  # with one core there is nothing to take turns for


@pytest.mark.parametrize(("ours", "others", "said"), [(1.9, 0.0, "machine"), (1.01, 0.9, "machine"), (0.9, 1.0, "")])
def test_the_machine_is_the_limit_where_half_of_what_fills_it_is_ours(ours, others, said):
    assert limit("pipe", ours, 0.0, others=others) == said


def test_a_law_has_a_band_of_25_points_from_the_fewest_to_the_most_workers():
    (law,) = scale_of(
        *scaled("pipe", lambda n: 1_000 * n / (1 + 0.05 * (n - 1))), *scaled("queue", lambda n: 500 * n)
    ).laws[:1]
    assert [point.workers for point in law.band] == pytest.approx([1 + 7 * step / 24 for step in range(25)])
    assert all(point.low <= point.high for point in law.band)
    assert law.gamma.value == pytest.approx(1_002, rel=0.01)  # of its own runs, not of the other transport's


def test_where_not_all_rounds_are_ours_their_memory_is_unknown():
    first, *others = scaled("celery+redis", lambda n: 1_000 * n, guarantee=AT_MOST_ONCE_ACROSS)
    for run in others:
        run.cost.cpu_seconds["broker"] = 0.1
    assert scale_of(first, *others).points[0].memory_bytes is None
    assert scale_of(*others).points[0].memory_bytes is not None
