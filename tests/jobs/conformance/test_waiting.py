"""`wait` and `as_completed` see when futures are done, also beside those of others."""

import asyncio
import gc
import weakref
from concurrent.futures import (
    ALL_COMPLETED,
    FIRST_COMPLETED,
    FIRST_EXCEPTION,
    Future,
    ThreadPoolExecutor,
    as_completed,
    wait,
)

import executor_calls
import pytest
from waiting import PATIENCE


def done(value=None, error=None):
    future = Future()
    if error:
        future.set_exception(error)
    else:
        future.set_result(value)
    return future


def cancelled():
    future = Future()
    future.cancel()
    future.set_running_or_notify_cancel()
    return future


def test_all(executor):
    futures = {executor.submit(divmod, 2, 0), executor.submit(abs, -1), done(1), done(error=OSError()), cancelled()}
    assert wait(futures, 30, ALL_COMPLETED) == (futures, set())


def test_one_that_is_named_twice(executor):
    future = executor.submit(abs, -1)
    assert wait([future, future], PATIENCE) == ({future}, set())
    assert [*as_completed(iter([future] * 3), PATIENCE)] == [future]


@pytest.mark.needs("pending")
def test_the_first_one(executor, gate):
    quick, slow = executor.submit(abs, -1), executor.submit(executor_calls.wait_for, gate)
    assert wait([quick, slow], 30, FIRST_COMPLETED) == ({quick}, {slow})


@pytest.mark.needs("pending")
def test_the_first_one_where_one_was_done_before(executor, gate):
    slow, before, gone = executor.submit(executor_calls.wait_for, gate), done(1), cancelled()
    assert wait([before, gone, slow], 30, FIRST_COMPLETED) == ({before, gone}, {slow})


@pytest.mark.needs("pending")
def test_the_first_exception(executor, gate):
    good, slow = executor.submit(abs, -1), executor.submit(executor_calls.wait_for, gate)
    good.result(PATIENCE)
    bad = executor.submit(divmod, 21, 0)
    assert wait([good, bad, slow], 30, FIRST_EXCEPTION) == ({good, bad}, {slow})


@pytest.mark.needs("pending")
def test_the_first_exception_where_one_was_raised_before(executor, gate):
    slow, before = executor.submit(executor_calls.wait_for, gate), done(error=OSError())
    assert wait([before, slow], 30, FIRST_EXCEPTION) == ({before}, {slow})


@pytest.mark.needs("pending")
def test_no_longer_than_it_may_take(executor, gate):
    quick, slow = executor.submit(abs, -1), executor.submit(executor_calls.wait_for, gate)
    quick.result(PATIENCE)
    assert wait([quick, slow], 0.01) == ({quick}, {slow})
    with pytest.raises(TimeoutError):
        slow.result(0.01)


def test_each_as_it_is_completed(executor):
    futures = {executor.submit(abs, -1), executor.submit(divmod, 1, 0), done(1), done(error=OSError()), cancelled()}
    assert {*as_completed(futures, PATIENCE)} == futures


@pytest.mark.needs("pending")
def test_those_that_are_completed_within_no_time(executor, gate):
    slow, before = executor.submit(executor_calls.wait_for, gate), done(1)
    seen = []
    with pytest.raises(TimeoutError, match="1 \\(of 2\\) futures unfinished"):
        seen.extend(as_completed([before, slow], 0))


@pytest.mark.long
def test_a_future_that_was_handed_out_is_not_kept(executor):
    futures = [executor.submit(abs, -number) for number in range(4)]
    for future in as_completed(futures, PATIENCE):
        futures.remove(future)
        watch = weakref.ref(future)
        del future
        executor.submit(abs, -1).result(PATIENCE)  # by then, who has set its result has let go of it
        gc.collect()
        assert watch() is None


def test_beside_futures_of_another_executor(executor):
    with ThreadPoolExecutor(1) as other:
        futures = {executor.submit(abs, -1), other.submit(abs, -2)}
        assert {future.result() for future in as_completed(futures, PATIENCE)} == {1, 2}


def test_in_an_event_loop(executor):
    async def both():
        loop = asyncio.get_running_loop()
        return await asyncio.wait_for(
            asyncio.gather(
                loop.run_in_executor(executor, abs, -1), asyncio.wrap_future(executor.submit(executor_calls.add, 1, 1))
            ),
            PATIENCE,
        )

    assert asyncio.run(both()) == [1, 2]
