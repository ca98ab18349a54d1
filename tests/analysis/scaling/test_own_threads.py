"""Tasks with threads or programs of their own: how many workers fill the cores."""

import pytest
from sample_records import result_of, run_of
from sample_scales import scale_of, scaled

from crossover.results.records import Cost

ONE = "a task keeps about 3.9 cores busy by itself, with threads or programs of its own: about 1 worker fills 4 cores"


def test_one_worker_fills_the_cores_whose_task_uses_all_of_them():
    (law,) = scale_of(*scaled("pipe", lambda _: 1_000, counts=(1, 2, 4), cpu_ms=3.9), cores=4).laws
    assert law.recommended_workers == 1
    assert law.advice.startswith(f"A task takes 1 ms, and {ONE}. More workers need tasks with one thread (OMP_NUM")


def test_where_the_cores_are_full_the_threads_that_wait_for_one_count():
    runs = scaled("pipe", lambda _: 2_000, counts=(2, 4), task_ms=1.0, cpu_ms=1.0, running=7.8)
    assert ONE.replace("1 worker fills 4", "1 worker fills 2") in scale_of(*runs, cores=2).laws[0].advice


@pytest.mark.parametrize("running", [None, 1.9])
def test_a_task_with_one_thread_is_advised_as_before(running):
    (law,) = scale_of(*scaled("pipe", lambda _: 1_000, counts=(1, 2, 4), cpu_ms=0.98, running=running)).laws
    assert "About as many workers as cores" in law.advice


def compared(running, cpu, workers=4, executing=4.0):
    cost = Cost({"producer": 0.1, "workers": cpu}, 1.0, 0.0, {}, running_threads=running)
    run = run_of(cost=cost, workers=workers, execute_seconds=executing, seconds=1.0)
    return [found for found in result_of(run).summary[0].warnings if "too many workers" in found]


def test_a_comparison_warns_of_workers_whose_tasks_take_the_cores_from_each_other():
    assert ONE.replace("fills 4", "fills 2") in compared(running=15.6, cpu=2.0)[0]


@pytest.mark.parametrize(
    "facts",
    [
        {"running": 4.0, "cpu": 2.0},  # one thread each
        {"running": 15.6, "cpu": 0.3, "executing": 0.4},  # hardly any work: these are the transport's
        {"running": None, "cpu": 2.0},
        {"running": 2.0, "cpu": 1.9, "workers": 1, "executing": 1.0},  # two cores for one worker: they are there
    ],
)
def test_a_comparison_does_not_warn_where_the_cores_suffice(facts):
    assert not compared(**facts)
