"""Threads of this process as workers."""

import contextvars
import logging
from concurrent.futures import BrokenExecutor

import pytest
from waiting import PATIENCE

from crossover import Executor

variable = contextvars.ContextVar("variable", default="unset")


@pytest.mark.long
@pytest.mark.parametrize("transport", ["serial", "threads"])
def test_a_call_has_the_context_variables_of_who_has_submitted_it(transport):
    with Executor(transport, 1) as executor:
        token = variable.set("set")
        future = executor.submit(variable.get)
        variable.reset(token)
        assert (future.result(PATIENCE), executor.submit(variable.get).result(PATIENCE)) == ("set", "unset")


@pytest.mark.long
def test_what_a_call_sets_is_not_seen_by_the_next_one():
    with Executor("threads", 1) as executor:
        executor.submit(variable.set, "set").result(PATIENCE)
        assert executor.submit(variable.get).result(PATIENCE) == "unset"


def test_a_callback_may_wait_for_the_end_that_it_asks_for():
    executor = Executor("threads", 1)
    executor.submit(abs, -1).add_done_callback(lambda _: executor.shutdown(wait=True))
    executor.shutdown()


def test_the_initializer_of_a_serial_executor_runs_once_before_the_first_call():
    said = []
    with Executor("serial", initializer=said.append, initargs=("begun",)) as executor:
        assert said == []
        assert [*executor.map(lambda number: (number, [*said]), [1, 2])] == [(1, ["begun"]), (2, ["begun"])]


def test_a_serial_executor_whose_initializer_fails_says_so_as_the_others_do(caplog):
    with Executor("serial", initializer=divmod, initargs=(1, 0)) as executor:
        for _ in range(2):
            with pytest.raises(BrokenExecutor):
                executor.submit(abs, -1)
    assert [(record.levelno, record.name) for record in caplog.records] == [(logging.CRITICAL, "concurrent.futures")]
