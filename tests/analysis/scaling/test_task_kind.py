"""A sample of tasks shows whether they wait or compute, and whether they hold the GIL."""

import pytest

from crossover.derived.task_kind import TaskKind, holds_gil, task_kind
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
