"""Break-even times that were tried; on literal runs."""

import pytest
from sample_records import result_of, rounds_of

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
