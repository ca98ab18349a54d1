"""An initializer has run in a worker before its first call; where it fails, nothing waits for ever."""

import logging
import logging.handlers
import multiprocessing
from concurrent.futures import BrokenExecutor
from contextlib import suppress

import executor_calls
import pytest
from waiting import PATIENCE, eventually

pytestmark = pytest.mark.needs("initializer")


def test_it_has_run_in_every_worker(make):
    executor = make(initializer=executor_calls.remember, initargs=("ready",))
    called = [executor.submit(executor_calls.remembered) for _ in range(4)]
    assert {future.result(PATIENCE) for future in called} == {"ready"}


def test_it_can_be_called(make):
    with pytest.raises(TypeError, match="initializer must be a callable"):
        make(initializer="no function")


def test_all_that_waits_fails_where_it_fails_and_nothing_more_is_taken(make):
    executor = make(initializer=executor_calls.cannot_begin)
    called = [executor.submit(abs, -1)]
    with suppress(BrokenExecutor):  # it may be known by now
        called += [executor.submit(abs, -1) for _ in range(5)]
    errors = [future.exception(PATIENCE) for future in called]
    assert all(isinstance(error, BrokenExecutor) for error in errors)
    assert len({*map(id, errors)}) == len(errors)
    assert eventually(lambda: executor._broken)
    with pytest.raises(BrokenExecutor):
        executor.submit(abs, -1)


def test_why_it_fails_is_in_the_log(make, transport):
    records = multiprocessing.get_context("forkserver").SimpleQueue()
    executor = make(1, initializer=executor_calls.log_and_fail, initargs=(None if transport == "threads" else records,))
    logger = logging.getLogger("concurrent.futures")
    handler = logging.handlers.QueueHandler(executor_calls.PutsInto(records))
    logger.addHandler(handler)
    try:
        with pytest.raises(BrokenExecutor):
            executor.submit(abs, -1).result(PATIENCE)
    finally:
        logger.removeHandler(handler)
    level, text = records.get()
    records.close()
    assert level == "CRITICAL"
    assert "this worker cannot begin" in text
