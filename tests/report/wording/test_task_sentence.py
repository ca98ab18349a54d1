"""The first sentence of a report: what a task takes, whether it waits or computes, and what that means here."""

import msgspec
from sample_records import result_of, run_of

from crossover.report.wording.task import task_sentence
from crossover.results.task import TaskSample

COMPUTES = TaskSample(
    tasks=20,
    seconds=0.0102,
    mean=0.0102,
    low=0.0101,
    high=0.0103,
    cpu_seconds=0.0102,
    waiting=0.0,
    memory_bytes=0,
    two_threads=1.0,
)
WAITS = msgspec.structs.replace(COMPUTES, cpu_seconds=0.0003, waiting=0.97, two_threads=2.0)
ONE_CORE = "only one core may be used"


def said(task, **host):
    result = result_of(run_of("queue"))
    changed = msgspec.structs.replace(result.host, **host)
    return task_sentence(msgspec.structs.replace(result, task=task, host=changed))


def test_what_waits_is_io_bound_and_releases_the_gil():
    assert said(WAITS, cores=2).endswith("10.2 ms per call, 97% waiting (I/O-bound), releases the GIL")


def test_what_computes_in_python_holds_the_gil():
    assert said(COMPUTES, cores=2).endswith("10.2 ms per call, CPU-bound, holds the GIL")


def test_where_a_few_tasks_take_most_of_the_time_the_mean_is_said_too():
    uneven = msgspec.structs.replace(COMPUTES, seconds=0.001, mean=0.0102)
    assert "1 ms per call (10.2 ms on average), CPU-bound" in said(uneven)


def test_on_one_core_no_number_of_workers_computes_faster():
    assert ONE_CORE in said(COMPUTES, cores=1)
    assert ONE_CORE in said(COMPUTES, cores=8, cpu_quota=1.0)
    assert ONE_CORE not in said(WAITS, cores=1)


def test_calls_of_the_sample_that_failed_are_counted_by_type():
    failed = msgspec.structs.replace(COMPUTES, failed=7, reasons={"ValueError": 5, "KeyError": 2})
    assert said(failed).endswith("7 of the 20 calls of the sample failed (ValueError, KeyError)")


def test_without_a_sample_nothing_is_said():
    assert not said(None)
