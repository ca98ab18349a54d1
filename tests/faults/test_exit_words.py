"""A dead worker is named with how it ended, whoever started it: a signal, an exit status."""

import signal

import pytest
from skips import create
from task_functions import FunctionWorkload

from crossover.execution.load.load import Load
from crossover.execution.measure import measure
from crossover.results.records import End

AFTER_WARM_UP = 20  # tasks: the warm-up is done by then, or is what ends


def detail_of(url, how):
    """Run tasks one of which ends its process; return how the run ended, in words."""
    payloads = [0] * AFTER_WARM_UP + [how]
    seen = measure(create(url), FunctionWorkload("end_with", payloads), Load(len(payloads), 1, 1, 4), lambda _: None)
    assert seen.ending.end in {End.DIED, End.BROKEN}
    return seen.ending.detail


@pytest.mark.parametrize("url", ["queue", "pool", "executor", "redis-list", "celery+redis", "serial", "threads"])
def test_one_that_ends_by_a_signal_is_named_with_it(url):
    assert "was ended by SIGKILL" in detail_of(url, -signal.SIGKILL)


@pytest.mark.parametrize("url", ["queue?start=spawn", "pool", "executor", "serial"])
def test_one_that_exits_is_named_with_its_status(url):
    assert "exited with status 3" in detail_of(url, 3)


def test_one_that_the_executor_has_ended_after_another_had_died_is_not_taken_for_the_cause():
    payloads = [0] * AFTER_WARM_UP + [3]
    load = Load(len(payloads), 2, 1, 4)
    ending = measure(create("executor"), FunctionWorkload("end_with", payloads), load, lambda _: None).ending
    assert "exited with status 3" in ending.detail
    assert "was ended by SIGTERM" not in ending.detail
