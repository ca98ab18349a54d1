"""What follows from several numbers of workers: a law, a limit, a number to take, and why."""

import sys

import pytest
from msgspec.structs import replace
from sample_records import AT_MOST_ONCE_ACROSS
from sample_scales import COUNTS, law, scale_of, scaled


def law_found(*runs, **changes):
    (found,) = scale_of(*runs, **changes).laws
    return found


def test_each_number_of_workers_has_its_throughput_cost_and_memory():
    found = scale_of(*scaled("pipe", law(0, 0)))
    assert [point.workers for point in found.points] == list(COUNTS)
    assert [round(point.throughput) for point in found.points] == [1002 * count for count in COUNTS]
    first = found.points[0]
    assert first.ci95_low < first.throughput < first.ci95_high
    assert first.cpu_us == pytest.approx(1_000, rel=0.01)
    assert first.memory_bytes == 2**25 + 2**24
    assert not found.summary


def test_the_law_is_found_where_there_are_six_counts():
    found = law_found(*scaled("pipe", law(0.05, 0.01)))
    assert found.alpha.low <= 0.05 <= found.alpha.high
    assert found.beta.low <= 0.01 <= found.beta.high
    assert found.gamma.value == pytest.approx(1_002, rel=0.01)
    assert not found.refused


def test_of_fewer_than_six_counts_no_law_is_told():
    found = law_found(*scaled("pipe", law(0.05, 0.01), counts=COUNTS[:5], rounds=9))
    assert found.refused == "no scaling law: it needs 6 or more numbers of workers (-w), not 5"
    assert (found.alpha, found.beta, found.gamma, found.peak_workers) == (None, None, None, None)
    assert found.recommended_workers == 6


@pytest.mark.parametrize("harm", [{"delivery": {"lost": 3}}, {"ending": "a process died: worker 12"}])
def test_of_damaged_runs_no_law_is_told(harm):
    runs = scaled("pipe", law(0, 0))
    runs[4:5] = scaled("pipe", law(0, 0), counts=(6,), rounds=1, **harm)
    found = law_found(*runs)
    assert "no scaling law: with 6 workers: " in found.refused
    assert found.alpha is None


def test_without_scipy_it_says_what_to_install_and_tells_all_else(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    found = law_found(*scaled("pipe", law(0, 0)))
    assert "pip install 'crossover-ipc[report]'" in found.refused
    assert found.recommended_workers == 8
    assert found.advice


def test_a_peak_outside_of_what_was_measured_is_predicted():
    inside, outside = law(0.0, 0.04), law(0.0, 0.004)
    measured = law_found(*scaled("pipe", inside))
    assert (measured.peak_is, round(measured.peak_workers)) == ("measured", 5)
    predicted = law_found(*scaled("pipe", outside))
    assert (predicted.peak_is, round(predicted.peak_workers)) == ("predicted", 16)


def test_the_smallest_number_within_5_percent_of_the_best_is_recommended():
    figures = {1: 500, 2: 900, 3: 960, 4: 1_000, 6: 990, 8: 980}
    assert law_found(*scaled("pipe", figures.__getitem__)).recommended_workers == 3


def test_what_was_damaged_is_not_recommended():
    figures = {1: 500, 2: 900, 3: 960}
    runs = scaled("pipe", figures.__getitem__, counts=(1, 2)) + scaled(
        "pipe", figures.__getitem__, counts=(3,), delivery={"lost": 1}
    )
    assert law_found(*runs).recommended_workers == 2


def limits(*runs, **changes):
    return [point.limit for point in scale_of(*runs, **changes).points]


def test_where_all_cores_are_in_use_the_machine_is_the_limit():
    figures = {1: 1_000, 2: 1_900, 3: 1_900, 4: 1_900, 6: 1_900, 8: 1_900}
    assert limits(*scaled("pipe", figures.__getitem__), cores=2) == ["workers", *["machine"] * 5]


def test_cores_that_others_fill_are_no_limit_of_ours():
    assert limits(*scaled("pipe", lambda _: 100, others=1.9), cores=2) == [""] * 6


def test_a_producer_that_needs_a_whole_core_is_the_limit():
    assert limits(*scaled("pipe", lambda _: 1_000, producer=0.99)) == ["producer"] * 6


def test_threads_that_need_one_core_together_are_limited_by_the_gil():
    assert limits(*scaled("threads", lambda _: 1_000, cpu_ms=1.0)) == ["GIL"] * 6


@pytest.mark.parametrize(
    ("need", "said"),
    [
        ({"cpu_ms": 0.98}, "CPU-bound: a task takes 1 ms, 98% of it CPU time. About as many workers as cores (8)"),
        (
            {"cpu_ms": 0.05, "producer": 0.001},
            "I/O-bound: a task takes 1 ms, 5% of it CPU time. More workers than cores pay",
        ),
        ({"cpu_ms": 0.5, "producer": 0.001}, "Mixed: a task takes 1 ms, 50% of it CPU time."),
        (
            {"task_ms": 0.01},
            "Little work: a task takes 10 µs of the 998 µs that a worker spends per task. What scales here is the",
        ),
    ],
)
def test_the_advice_depends_on_the_work_and_has_the_figures(need, said):
    assert said in law_found(*scaled("pipe", law(0, 0), **need)).advice


def test_how_many_workers_fill_the_cores_follows_from_what_a_task_needs():
    found = law_found(*scaled("pipe", law(0, 0), cpu_ms=0.1, producer=0.0))
    # a worker is busy for 1 ms, 0.1 ms of it with CPU: 10 workers fill a core
    assert "about 80 workers fill 8 cores, more than were measured" in found.advice


@pytest.mark.parametrize(
    ("spread", "said"),
    [
        (0.1, "Here 6 workers were 7% faster than 2, which may be noise."),
        (0.001, "Here 6 workers were 7% faster than 2."),
    ],
)
def test_the_advice_explains_a_recommendation_that_differs_from_it(spread, said):
    figures = {1: 1_000, 2: 1_870, 3: 1_880, 4: 1_890, 6: 2_000, 8: 2_010}
    runs = [
        replace(run, round=number)
        for count, figure in figures.items()
        for number in range(1, 6)
        for noise in [1 + spread * (number * count % 5 - 2)]
        for run in scaled("pipe", law(0, 0, figure * noise / count), counts=(count,), rounds=1, cpu_ms=0.98)
    ]
    found = law_found(*runs, cores=2)
    assert found.recommended_workers == 6
    assert "About as many workers as cores (2)" in found.advice
    assert said in found.advice


def test_the_advice_adds_nothing_to_a_recommendation_that_agrees():
    assert "Here" not in law_found(*scaled("pipe", law(0, 0), cpu_ms=0.98)).advice


def test_threads_that_hold_the_gil_are_told_so():
    assert "CPU-bound, and it holds the GIL" in law_found(*scaled("threads", lambda _: 1_000, cpu_ms=1.0)).advice


def test_where_the_fewest_workers_fill_the_machine_their_work_cannot_be_told():
    found = law_found(*scaled("pipe", lambda _: 2_000, counts=(8, 16), task_ms=4.0), cores=2)
    assert "all CPU (2 cores) was in use even with the fewest workers" in found.advice
    assert "Try fewer workers (-w 1,2)" in found.advice


@pytest.mark.parametrize(
    ("cpu_ms", "kind"), [(0.9, "CPU-bound"), (0.05, "I/O-bound"), (0.4, "may have waited for a core")]
)
def test_while_others_fill_the_machine_only_what_is_certain_is_told(cpu_ms, kind):
    runs = scaled("pipe", lambda _: 1_000, cpu_ms=cpu_ms, producer=0.0, others=1.9)
    assert kind in law_found(*runs, cores=2).advice


def test_of_what_is_not_all_ours_neither_cost_nor_need_is_told():
    runs = scaled("celery+redis", law(0, 0), guarantee=AT_MOST_ONCE_ACROSS)
    found = scale_of(*runs)
    assert {point.cpu_us for point in found.points} == {point.memory_bytes for point in found.points} == {None}
    assert "unknown, because not all processes that did the work are ours" in found.laws[0].advice


def test_other_settings_have_points_and_no_law():
    runs = scaled("celery+redis", law(0, 0)) + scaled("celery+redis?prefetch=16", law(0, 0), counts=(8,))
    found = scale_of(*runs, plan=["celery+redis"])
    assert [one.transport for one in found.laws] == ["celery+redis"]
    assert found.points[-1].transport == "celery+redis?prefetch=16"
