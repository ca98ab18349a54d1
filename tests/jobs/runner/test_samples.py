"""A few lines, drawn over a whole input, tell how long all take, and what suits them."""

import math
import statistics
import tracemalloc

import pytest

from crossover.contract.safety import Safety
from crossover.jobs.runner.limits.time_limit import TaskTimeout
from crossover.jobs.runner.numbers import Also, Numbers
from crossover.jobs.runner.output.order import MOST_BYTES, Order
from crossover.jobs.runner.plan import Job, Rules
from crossover.jobs.runner.sample.auto import choose
from crossover.jobs.runner.sample.drawing import draw
from crossover.jobs.runner.sample.estimate import LINES_PER_SECOND, estimate
from crossover.results.task import TaskSample

LINES = b"".join(b"%d\n" % number for number in range(1, 10_001))


def numbers(*wanted):
    found = Numbers()
    found.add_all(wanted)
    return found


def test_lines_are_drawn_over_the_whole_input_and_each_time_the_same(opened):
    read = opened("in.jsonl", LINES)
    drawn = draw(read, 400, numbers())
    assert drawn.total == 10_000
    assert [chunk.lines for chunk in drawn.lines] == [b"%d" % chunk.first for chunk in drawn.lines]
    assert len({chunk.first for chunk in drawn.lines}) == 400
    assert abs(statistics.fmean(chunk.first for chunk in drawn.lines) - 5_000) < 6 * 10_000 / math.sqrt(12 * 400)
    again = draw(read, 400, numbers())
    assert [chunk.first for chunk in again.lines] == [chunk.first for chunk in drawn.lines]


def test_a_line_that_is_done_is_not_drawn(opened):
    read = opened("in.jsonl", LINES)
    assert all(chunk.first > 9_000 for chunk in draw(read, 100, numbers(*range(1, 9_001))).lines)
    assert draw(read, 100, numbers(*range(1, 10_001))).lines == []


@pytest.mark.parametrize("count", [3, 4, 1_000])
def test_of_a_short_input_all_lines_are_drawn(opened, count):
    drawn = draw(opened("in.csv", b"a,b\n1,2\n3\n4,5\n"), count, numbers())
    assert [(chunk.first, chunk.bad) for chunk in drawn.lines] == [
        (1, ""),
        (2, "line 3 has 1 cell, and the header has 2 cells"),
        (3, ""),
    ]


def test_lines_that_were_run_first_are_passed_over():
    skipped = Also(numbers(1, 3), numbers(7))
    assert [number in skipped for number in range(1, 8)] == [True, False, True, False, False, False, True]
    assert skipped.largest == 7


def test_the_next_line_may_begin_however_much_waits_for_it():
    order = Order(numbers())
    order.add(5, b"x" * MOST_BYTES)
    assert order.may_begin(1)
    assert not order.may_begin(2)


def test_what_is_done_already_takes_no_memory_when_its_turn_comes():
    order = Order(numbers(*range(1, 200_001)), written=200_000)
    tracemalloc.start()
    try:
        assert order.take() == b""
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()


def test_the_interval_has_the_time_that_all_lines_take():
    times = [0.01, 0.02, 0.03, 0.5] * 25
    found = estimate(times, 1_000, 4)
    assert found.seconds == pytest.approx(1_000 * 0.14 / 4)
    assert found.low < found.seconds < found.high
    assert found.high - found.low == pytest.approx(2 * 1.96 * statistics.stdev(times) / 10 * 250, rel=0.2)


def test_one_line_tells_no_interval_and_more_workers_than_lines_have_nothing_to_do():
    assert estimate([2.0], 3, 100) == (2.0, None, None)


def test_lines_that_take_no_time_have_to_be_read_and_written():
    assert estimate([1e-9, 1e-9], 10 * LINES_PER_SECOND, 2).seconds == 10


def took(waiting, mean=0.02, two_threads=2.0):
    return TaskSample(10, mean, mean, mean, mean, mean * (1 - waiting), waiting, 0, two_threads=two_threads)


def job(workers=None, **rules):
    return Job("mine:same", "auto", None, None, None, workers, Safety.DEFAULT, Rules(**rules))


@pytest.mark.parametrize(
    ("sample", "asked", "choice"),
    [
        (took(0.0), job(), ("pool", 2)),
        (took(0.0), job(8), ("pool", 8)),
        (took(0.75), job(), ("threads", 8)),
        (took(1.0), job(), ("threads", 64)),
        (took(1.0), job(5), ("threads", 5)),
        (took(1.0, two_threads=None), job(), ("pool", 16)),  # two threads at once end the process
        (took(1.0), job(task_timeout=TaskTimeout(1.0)), ("pool", 16)),  # a thread cannot be killed
        (took(1.0), job()._replace(memory=10**6), ("pool", 16)),
        (None, job(), ("pool", 2)),
    ],
)
def test_processes_compute_and_threads_wait_unless_something_needs_processes(sample, asked, choice):
    found = choose(sample, asked, 2)
    assert (found.transport, found.workers) == choice
    assert found.in_words().startswith(f"auto: {choice[0]} with {choice[1]} workers, because ")
