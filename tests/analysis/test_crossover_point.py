"""What it costs to leave the machine, and with how many machines that pays; on literal runs."""

import pytest
from sample_records import AT_MOST_ONCE_ACROSS, result_of, rounds_of

from crossover.analysis.crossover_point import task_seconds
from crossover.results.records import Cost, LoadShape

IDLE = {"workload": "noop", "guarantee": AT_MOST_ONCE_ACROSS}
ALONE, FULL = LoadShape("closed", window=2), LoadShape("closed", window=32)


def cost(workers_seconds):
    seconds = {"producer": 0.1, "workers": workers_seconds, "broker": 0.1}
    return Cost(seconds, cpu_seconds_per_1000_tasks=0.1, others_cpu_seconds=0.0, peak_rss_bytes={})


def local(throughput=1_800):
    return rounds_of("queue", *[throughput] * 4, execute_seconds=1.0, cost=cost(1.0))


def across(throughput=1_500, name="redis-list", costs=None):
    costs = costs or cost(1.1)
    return rounds_of(name, *[throughput] * 4, execute_seconds=1.2, cost=costs, guarantee=AT_MOST_ONCE_ACROSS)


def idle(ceiling=20_000, name="redis-list"):
    return [
        *rounds_of(name, *[10_000] * 3, load=ALONE, cost=cost(0.1), **IDLE),
        *rounds_of(name, *[ceiling] * 3, load=FULL, cost=cost(0.1), **IDLE),
    ]


def reach_of(*runs, ceiling=20_000):
    crossing = result_of(*runs, probes=idle(ceiling)).crossing
    return {reach.transport: reach for reach in crossing.reach}


def test_up_to_the_fastest_local_transport_one_machine_is_enough():
    crossing = result_of(*local(), *across()).crossing
    assert (crossing.local, crossing.enough) == ("queue", 1_800)


def test_a_task_takes_what_it_takes_where_it_is_disturbed_least():
    assert result_of(*local(), *across()).crossing.task_ms == pytest.approx(1.0)


def test_each_further_machine_adds_what_its_cores_can_do_for_all_roles():
    (reach,) = reach_of(*local(), *across(costs=cost(1.6))).values()
    assert reach.per_machine == pytest.approx(2 / 1.8e-3)  # 2 cores, each task 1.8 ms of CPU, producer and broker too
    assert reach.machines == 2


def test_what_waits_for_its_few_workers_is_no_base_for_a_number_of_machines():
    waiting = across(costs=cost(0.05))
    assert result_of(*local(), *waiting, probes=idle()).crossing is None


def test_more_than_its_ceiling_no_broker_carries_whatever_the_number_of_machines():
    (reach,) = reach_of(*local(9_000), *across(), ceiling=8_000).values()
    assert (reach.ceiling, reach.machines) == (8_000, None)


def test_a_broker_that_is_faster_here_needs_this_machine_only():
    (reach,) = reach_of(*local(1_000), *across(1_500)).values()
    assert reach.machines == 1


def test_where_the_workers_are_elsewhere_nothing_is_told_of_one_machine():
    elsewhere = Cost({"producer": 0.1}, cpu_seconds_per_1000_tasks=0.1, others_cpu_seconds=0.0, peak_rss_bytes={})
    assert not reach_of(*local(), *across(costs=elsewhere))


def test_every_transport_across_machines_is_there_and_damaged_ones_are_not():
    damaged = rounds_of("rabbitmq", 9_000, guarantee=AT_MOST_ONCE_ACROSS, delivery={"lost": 1})
    assert list(reach_of(*local(), *across(), *across(900, name="celery+redis"), *damaged)) == [
        "redis-list",
        "celery+redis",
    ]


def test_the_overhead_is_that_of_one_task_for_each_worker_at_a_time():
    summary = {one.transport: one for one in result_of(*local(), *across(), probes=idle()).summary}
    assert summary["redis-list"].overhead_us == pytest.approx(200)  # 2 workers, 10,000 tasks/s
    assert summary["redis-list"].break_even_ms == pytest.approx(3.8)
    assert summary["queue"].overhead_us is None


def test_nothing_is_told_from_rounds_that_cannot_tell_a_difference():
    few = [run for run in [*local(), *across()] if run.round <= 3]
    crossing = result_of(*few, probes=idle()).crossing
    assert (crossing.reach, crossing.added_us) == ([], None)


def test_a_broker_that_is_as_fast_within_noise_has_not_passed():
    near = rounds_of("redis-list", 990, 1_010, 1_030, 1_050, cost=cost(1.1), guarantee=AT_MOST_ONCE_ACROSS)
    (reach,) = reach_of(
        *rounds_of("queue", 980, 1_000, 1_020, 1_000, execute_seconds=1.0, cost=cost(1.0)), *near
    ).values()
    assert reach.machines == 2


def test_what_a_machine_adds_is_no_more_than_what_the_broker_carried():
    (reach,) = reach_of(*local(), *across(), ceiling=1_510).values()
    assert reach.per_machine == 1_510


def test_what_it_costs_to_leave_the_machine_is_told_in_its_units():
    crossing = result_of(*local(2_000), *across(1_000)).crossing
    assert (crossing.factor, crossing.remote) == (2.0, "redis-list")
    assert crossing.added_us == pytest.approx(1_000)  # 2 workers: 2 ms for a task here, 1 ms there
    assert crossing.from_ms == pytest.approx(19.0)
    assert crossing.added_cpu_us == pytest.approx(0.0)  # as the records have it: 0.1 s for a thousand tasks
    dearer = Cost({"producer": 0.1, "workers": 1.6, "broker": 0.1}, 0.3, 0.0, {})
    assert result_of(*local(), *across(costs=dearer)).crossing.added_cpu_us == pytest.approx(200)


def test_it_costs_nothing_to_leave_the_machine_for_what_is_as_fast():
    crossing = result_of(*local(1_500), *across(1_500)).crossing
    assert (crossing.added_us, crossing.from_ms, crossing.factor) == (None, None, 1.0)


def test_where_the_cpu_of_one_side_is_unknown_so_is_the_difference():
    elsewhere = Cost({"producer": 0.1}, 0.1, 0.0, {})
    assert result_of(*local(), *across(costs=elsewhere)).crossing.added_cpu_us is None


@pytest.mark.parametrize("rounds", [(3, 4), (4, 3)])
def test_both_sides_need_four_rounds(rounds):
    runs = [run for side, most in zip((local(), across()), rounds, strict=True) for run in side if run.round <= most]
    crossing = result_of(*runs, probes=idle()).crossing
    assert (crossing.reach, crossing.added_us) == ([], None)


def test_without_a_transport_on_one_side_there_is_no_crossing():
    assert result_of(*local()).crossing is None
    assert result_of(*across()).crossing is None
    assert result_of(*local(0), *across()).crossing is None
    assert result_of(*local(), *across(0)).crossing is None


def test_damaged_probes_say_nothing_about_a_ceiling():
    damaged = rounds_of("redis-list", *[90_000] * 3, load=FULL, cost=cost(0.1), delivery={"lost": 1}, **IDLE)
    crossing = result_of(*local(), *across(), probes=[*idle(), *damaged]).crossing
    assert crossing.reach[0].ceiling == 20_000


def test_each_further_machine_is_counted_until_the_local_transport_is_passed():
    (reach,) = reach_of(*local(6_000), *across(costs=cost(1.4))).values()
    assert reach.per_machine == pytest.approx(1_250)
    assert reach.machines == 2 + int((6_000 - 1_500) / 1_250) == 5


def test_a_broker_whose_ceiling_is_what_the_local_transport_does_never_passes_it():
    (reach,) = reach_of(*local(8_000), *across(), ceiling=8_000).values()
    assert reach.machines is None


def test_a_round_in_which_nothing_came_back_hides_no_other():
    empty = rounds_of("redis-list", 0.0, execute_seconds=0.0, delivery={"completed": 0}, guarantee=AT_MOST_ONCE_ACROSS)
    runs = [*across(), *empty]
    assert task_seconds({"redis-list": runs}) == pytest.approx(1.2e-3)
    assert task_seconds({"redis-list": empty}) is None
