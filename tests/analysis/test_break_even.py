"""Break-even times that were tried; on literal runs."""

import pytest
from sample_records import result_of, rounds_of

from crossover.analysis.break_even import effective_workers, overhead_per_task, overhead_seconds
from crossover.results.records import LoadShape

ALONE = LoadShape("closed", window=2)


def checked(*runs):
    idle = rounds_of("queue", *[20_000] * 3, workload="noop", load=ALONE)  # 100 µs, so 1.9 ms
    return result_of(*rounds_of("queue", *[1_000] * 3), probes=[*idle, *runs]).checks


def test_efficiency_is_measured_against_the_same_tasks_with_next_to_no_transport():
    (check,) = checked(
        *rounds_of("queue (reference)", 1_000, 2_000, 500, workload="spin"),
        *rounds_of("queue", 960, 1_920, 480, workload="spin"),
    )
    assert (check.transport, check.predicted, check.holds) == ("queue", pytest.approx(0.95), True)
    assert check.measured == check.low == check.high == pytest.approx(0.96)
    assert check.task_ms == pytest.approx(1.9)


@pytest.mark.parametrize(
    ("measured", "holds"), [(0.89, False), (0.905, True), (0.995, True), (1.02, True), (1.3, None)]
)
def test_a_prediction_holds_within_five_points(measured, holds):
    (check,) = checked(
        *rounds_of("queue (reference)", 1_000, workload="spin"),
        *rounds_of("queue", 1_000 * measured, workload="spin"),
    )
    assert check.holds is holds


def test_a_round_without_a_sound_reference_says_nothing():
    assert not checked(
        *rounds_of("queue (reference)", 1_000, workload="spin", delivery={"lost": 1}),
        *rounds_of("queue", 950, workload="spin"),
    )


def test_where_noise_could_make_it_hold_or_not_nothing_is_said():
    (check,) = checked(
        *rounds_of("queue (reference)", 1_000, 1_000, 1_000, workload="spin"),
        *rounds_of("queue", 600, 880, 960, workload="spin"),
    )
    assert check.holds is None


def test_damaged_rounds_count_in_no_overhead():
    sound = rounds_of("queue", 20_000, 20_000, 20_000)
    damaged = rounds_of("queue", *[90_000] * 4, delivery={"lost": 1})
    assert overhead_per_task([*sound, *damaged], cores=2) == pytest.approx(100e-6)
    assert overhead_per_task(damaged, cores=2) is None


def test_damaged_rounds_of_the_transport_say_nothing_about_its_efficiency():
    assert not checked(
        *rounds_of("queue (reference)", 1_000, workload="spin"),
        *rounds_of("queue", 950, workload="spin", delivery={"failed": 1}),
    )


@pytest.mark.parametrize(("workers", "cores", "effective"), [(2, 8, 2), (8, 2, 2), (1, 1, 1)])
def test_no_more_workers_are_at_work_than_there_are_cores(workers, cores, effective):
    (run,) = rounds_of("queue", 1_000, workers=workers)
    assert effective_workers(run, cores) == effective
    assert overhead_seconds(run, 500.0, cores) == effective / 500
    assert overhead_seconds(run, 0.0, cores) is None


@pytest.mark.parametrize("name", ["serial"])
def test_where_the_producer_is_the_worker_there_is_one(name):
    (run,) = rounds_of(name, 1_000, workers=4)
    assert effective_workers(run, 4) == 1


@pytest.mark.parametrize(("measured", "holds"), [(0.9, True), (0.8999, False), (1.05, True), (1.0501, None)])
def test_the_edges_of_a_prediction_belong_to_it(measured, holds):
    (check,) = checked(
        *rounds_of("queue (reference)", 1, workload="spin"), *rounds_of("queue", measured, workload="spin")
    )
    assert check.holds is holds
