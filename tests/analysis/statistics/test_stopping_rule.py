"""`--rounds auto` ends when every figure is precise enough, and not before five rounds."""

from sample_records import rounds_of, run_of

from crossover.analysis.statistics.stopping_rule import figures_by_case, is_precise_enough
from crossover.results.records import LoadShape, Percentiles

STEADY = (100.0, 101.0, 99.0, 100.5, 99.5)


def at_rate(number, p99, *, latency=True):
    percentiles = Percentiles(p50=1.0, p90=1.0, p99=p99, p999=None, max=p99, mean=1.0)
    load = LoadShape("open", rate=50.0)
    return run_of("queue", 100.0, round=number, load=load, latency_ms=percentiles if latency else None)


def test_five_rounds_are_enough_and_four_are_not():
    assert is_precise_enough(rounds_of("queue", *STEADY), within=0.02)
    assert not is_precise_enough(rounds_of("queue", *STEADY[:4]), within=0.02)
    assert not is_precise_enough([], within=0.02)


def test_the_largest_half_width_is_allowed():
    assert is_precise_enough(rounds_of("queue", 100.0, 90.0, 110.0, 100.0, 100.0), within=0.1)
    assert not is_precise_enough(rounds_of("queue", 100.0, 90.0, 110.0, 90.0, 110.0), within=0.09)


def test_every_case_must_be_precise_but_what_was_skipped_is_not_waited_for():
    noisy = rounds_of("pipe", 10.0, 90.0, 50.0, 20.0, 70.0)
    steady = rounds_of("queue", *STEADY)
    assert not is_precise_enough([*steady, *noisy], within=0.02)
    assert is_precise_enough([*steady, *noisy[:4]], within=0.02)


def test_each_size_of_a_payload_is_a_case_of_its_own():
    runs = [run_of("queue", figure, payload_bytes=size) for size, figure in ((1, 10.0), (9, 20.0), (1, 30.0))]
    assert figures_by_case(runs) == {("queue", 1): [10.0, 30.0], ("queue", 9): [20.0]}


def test_at_a_rate_the_latency_must_be_precise_and_not_the_throughput():
    assert figures_by_case([at_rate(1, 5.0), at_rate(2, 7.0)]) == {("queue", None): [5.0, 7.0]}
    assert figures_by_case([at_rate(1, 5.0, latency=False)]) == {("queue", None): [100.0]}
    queueing = Percentiles(p50=1.0, p90=1.0, p99=9.0, p999=None, max=9.0, mean=1.0)
    assert figures_by_case([run_of("queue", 100.0, latency_ms=queueing)]) == {("queue", None): [100.0]}
