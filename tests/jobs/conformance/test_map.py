"""`map` hands out values in order, submits ahead, and keeps nothing."""

import gc
import itertools
import weakref

import executor_calls
import pytest
from waiting import PATIENCE


@pytest.mark.parametrize("chunksize", [1, 3, 40, 50])
def test_values_come_in_order(executor, chunksize):
    assert [*executor.map(pow, range(40), range(40), chunksize=chunksize)] == [*map(pow, range(40), range(40))]


def test_a_chunk_has_at_least_one_call(executor):
    with pytest.raises(ValueError, match="chunksize must be >= 1"):
        executor.map(abs, [1], chunksize=-1)


def test_the_first_exception_comes_in_its_turn(executor):
    values = executor.map(divmod, [1, 1, 1, 1], [2, 3, 0, 5])
    assert [next(values), next(values)] == [(0, 1), (0, 1)]
    with pytest.raises(ZeroDivisionError):
        next(values)
    assert [*values] == []


@pytest.mark.needs("pending")
def test_values_that_come_in_time_are_handed_out_before_the_timeout(executor, gate, tmp_path):
    (tmp_path / "open").touch()
    executor.submit(abs, -1).result(PATIENCE)
    values = executor.map(executor_calls.wait_for, [tmp_path / "open", gate], timeout=1)
    assert next(values) == str(tmp_path / "open")
    with pytest.raises(TimeoutError):
        next(values)


@pytest.mark.long
def test_calls_are_submitted_before_the_first_value_is_wanted(make, tmp_path):
    executor = make()
    values = executor.map(executor_calls.leave, [tmp_path] * 3, range(3))
    executor.shutdown()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "1", "2"]
    assert [*values] == [0, 1, 2]


@pytest.mark.long
@pytest.mark.needs("objects")
def test_a_value_that_was_handed_out_is_not_kept(executor):
    for value in executor.map(executor_calls.weak, range(5)):
        watch = weakref.ref(value)
        del value
        gc.collect()
        assert watch() is None


@pytest.mark.parametrize("buffersize", [1, 3, 20])
def test_no_more_than_the_buffer_is_taken_ahead(executor, buffersize):
    taken = []
    numbers = (taken.append(number) or number for number in range(10))
    values = executor.map(abs, numbers, buffersize=buffersize)
    assert len(taken) == min(10, buffersize)
    assert next(values) == 0
    assert len(taken) == min(10, buffersize + 1)
    assert [*values] == [*range(1, 10)]


def test_an_endless_input_is_possible(executor):
    values = executor.map(abs, itertools.count(), buffersize=2)
    assert [*itertools.islice(values, 5)] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("buffersize", "error"), [("a", TypeError), (1.0, TypeError), (0, ValueError), (-1, ValueError)]
)
def test_a_buffer_is_a_number_above_0(executor, buffersize, error):
    with pytest.raises(error, match="buffersize must be"):
        executor.map(abs, [1], buffersize=buffersize)


@pytest.mark.long
@pytest.mark.needs("pending")
def test_closing_it_cancels_what_no_worker_has(make, gate, tmp_path):
    executor = make(1)
    executor.submit(executor_calls.wait_for, gate)
    values = executor.map(executor_calls.leave, [tmp_path] * 3, range(3), timeout=0)
    with pytest.raises(TimeoutError):
        next(values)
    gate.touch()
    executor.shutdown()
    assert [path.name for path in tmp_path.iterdir()] == ["gate"]


def test_unordered_values_are_the_same_ones(executor):
    assert sorted(executor.map_unordered(abs, range(20), buffersize=4)) == [*range(20)]


@pytest.mark.needs("pending")
def test_unordered_values_come_as_they_are_done(executor, gate, tmp_path):
    (tmp_path / "open").touch()
    values = executor.map_unordered(executor_calls.wait_for, [gate, tmp_path / "open"])
    assert next(values) == str(tmp_path / "open")
    gate.touch()
    assert [*values] == [str(gate)]
