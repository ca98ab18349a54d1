"""Results that were not announced: with Redis, Celery subscribes without waiting until it is subscribed."""

import pytest
from carrying import drive
from celery.backends.redis import ResultConsumer
from skips import create
from task_functions import FunctionWorkload

from crossover.analysis.verdict import verdict_of_history
from crossover.execution.load.load import Load

TASKS = 60


@pytest.fixture
def late(monkeypatch):
    """Lose every third subscription, as if it had come after the result; return which."""
    subscribe = ResultConsumer._consume_from
    asked, lost = set(), set()

    def sometimes(self, task):
        if task not in asked:
            asked.add(task)
            if len(asked) % 3 == 0:
                lost.add(task)
        if task in lost:
            self.subscribed_to.add(self._get_key_for_task(task))
        else:
            subscribe(self, task)

    monkeypatch.setattr(ResultConsumer, "_consume_from", sometimes)
    return lost


@pytest.mark.long
@pytest.mark.parametrize("level", ["fast", "default", "safe"])
def test_a_result_that_was_not_announced_is_found(late, level):
    transport = create("celery+redis", level)
    history = drive(transport, FunctionWorkload("echo", [7]), Load(TASKS, 2, 1, 30))
    assert len(late) >= TASKS // 3
    delivery = verdict_of_history(history)
    assert delivery.completed == TASKS
    assert delivery.lost == delivery.duplicated == delivery.unexpected == 0
