"""A busy worker of a broker is killed: what the level promises is delivered again, and lost tasks are counted."""

import os
import signal

import pytest
from skips import create
from task_functions import FunctionWorkload

from crossover.analysis.verdict import verdict_of_history
from crossover.contract.registry import parse
from crossover.contract.safety import Delivery, Safety
from crossover.execution.load.load import Load
from crossover.execution.measure import measure
from crossover.execution.supervision import End

KEPT = [
    ("redis-list", "safe"),
    ("redis-stream://?reclaim=1", "safe"),
    ("rabbitmq", "default"),
    ("rabbitmq", "safe"),
    ("celery+redis", "safe"),
    ("celery+rabbitmq", "safe"),
]
LOST = [
    ("redis-list", "fast"),
    ("redis-list", "default"),
    ("redis-stream", "fast"),
    ("redis-stream", "default"),
    ("rabbitmq", "fast"),
]
TASKS = 5_000
AFTER_WARM_UP = 1_200  # the warm-up runs 1,000 tasks at most


@pytest.fixture
def strike(tmp_path):
    """Run with two workers, kill the busy one, and return the verdict."""

    def run(url, level):
        transport = create(url, level)
        busy = tmp_path / "busy"
        payloads = [0.002] * TASKS
        payloads[AFTER_WARM_UP] = str(busy)
        struck = []

        def tick(_settled):
            if not struck and busy.exists() and (pid := busy.read_text()):
                os.kill(int(pid), signal.SIGKILL)
                struck.append(pid)

        history, _, ending, *_ = measure(
            transport, FunctionWorkload("stay_once", payloads), Load(TASKS, 2, 1, 32), tick
        )
        assert struck
        assert ending.end is End.DIED
        return verdict_of_history(history)

    return run


@pytest.mark.long
@pytest.mark.parametrize(("url", "level"), KEPT)
def test_nothing_is_lost_if_tasks_are_delivered_again(strike, url, level):
    delivery = strike(url, level)
    assert delivery.accepted > AFTER_WARM_UP
    assert delivery.lost == 0
    assert delivery.completed == delivery.accepted
    assert delivery.unexpected == delivery.corrupted == delivery.failed == 0


@pytest.mark.long
@pytest.mark.parametrize(("url", "level"), LOST)
def test_lost_tasks_are_counted_if_they_are_not_delivered_again(strike, url, level):
    delivery = strike(url, level)
    assert 1 <= delivery.lost < TASKS
    assert delivery.lost == delivery.accepted - delivery.completed
    assert delivery.duplicated == delivery.unexpected == delivery.corrupted == delivery.failed == 0


@pytest.mark.long
def test_celery_reports_the_task_that_died_with_its_process(strike):
    delivery = strike("celery+redis", "default")
    assert delivery.lost == delivery.duplicated == 0
    assert delivery.failed == 1
    assert delivery.completed == delivery.accepted - 1


@pytest.mark.parametrize(("url", "level"), [*KEPT, *LOST])
def test_each_level_promises_what_these_tests_observe(url, level):
    kept = (url, level) in KEPT
    guarantee = parse(url).traits.guarantees[Safety(level)]
    assert guarantee.survives_worker == kept
    assert (guarantee.delivery is Delivery.AT_MOST_ONCE) is not kept
