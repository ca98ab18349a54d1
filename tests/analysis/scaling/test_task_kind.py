"""A sample of tasks shows whether they wait or compute, and whether they hold the GIL."""

import msgspec
import pytest
from sample_records import result_of, rounds_of

from crossover.derived.task_kind import OTHERS_RAN, TaskKind, holds_gil, is_disturbed, task_kind
from crossover.report.wording.warnings import comparison_warnings, few_warnings, scale_warnings
from crossover.results.task import TaskSample


def sample(waiting=0.0, two_threads=None):
    return TaskSample(
        tasks=10,
        seconds=0.01,
        mean=0.01,
        low=0.009,
        high=0.011,
        cpu_seconds=0.01 * (1 - waiting),
        waiting=waiting,
        memory_bytes=0,
        two_threads=two_threads,
    )


@pytest.mark.parametrize(
    ("waiting", "kind"), [(0.0, "CPU-bound"), (0.3, "CPU-bound"), (0.5, "mixed"), (0.7, "I/O-bound")]
)
def test_what_waits_for_most_of_its_time_is_io_bound(waiting, kind):
    assert task_kind(sample(waiting)) is TaskKind(kind)


@pytest.mark.parametrize(("two_threads", "holds"), [(None, None), (1.0, True), (1.2, True), (1.3, None), (1.4, False)])
def test_two_threads_that_do_no_more_than_one_hold_the_gil(two_threads, holds):
    assert holds_gil(sample(two_threads=two_threads)) is holds


@pytest.mark.parametrize(
    ("pressure", "cpu_seconds", "disturbed"),
    [(None, 0.01, False), (0.2, 0.01, False), (0.21, 0.01, True), (0.9, 0.02, False)],
)
def test_pressure_tells_that_something_else_ran_unless_a_task_has_threads_of_its_own(pressure, cpu_seconds, disturbed):
    assert is_disturbed(msgspec.structs.replace(sample(), pressure=pressure, cpu_seconds=cpu_seconds)) is disturbed


@pytest.mark.parametrize("shown", [comparison_warnings, few_warnings, scale_warnings])
def test_a_sample_that_was_disturbed_is_told_once(shown):
    result = result_of(*rounds_of("queue", 100, 100, 100, 100))
    said = "warning: something else kept the cores busy while the task was timed: something waited for one in 45%"
    assert not [line for line in shown(result) if line.plain.startswith(said)]
    result.task = msgspec.structs.replace(sample(), pressure=0.45)
    assert [line for line in shown(result) if line.plain.startswith(said)]
    result.summary[0].warnings.append(OTHERS_RAN)
    assert not [line for line in shown(result) if line.plain.startswith(said)]
