"""A sample of the tasks that travel alone has time stamps, and it stands for all of them."""

import pytest
from carrying import drive
from task_functions import FunctionWorkload

from crossover.analysis.latency.timing import execute_seconds, hops, latency
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.execution.load.load import Load
from crossover.recording.history import History
from crossover.recording.sample import CHOSEN, PERIOD
from workloads.noop import Noop

TASKS = 4_000


@pytest.mark.parametrize("different", [2, 16, 17, 32, 1_000])
def test_payloads_that_repeat_have_the_same_chance_of_a_time_stamp(different):
    tasks = range(different * 2_000)
    chosen = [sum(CHOSEN[task % PERIOD] for task in tasks[first::different]) for first in range(min(different, 40))]
    assert all(0.05 < found / 2_000 < 0.09 for found in chosen)


@pytest.mark.parametrize("url", ["queue", "queue?kind=simple", "pipe", "pool", "shared-memory"])
def test_short_tasks_are_all_collected_and_some_are_stamped(url):
    transport = parse(url).create(Safety.DEFAULT)
    history = drive(transport, Noop(), Load(TASKS, 2, 1, 64))
    assert history.deliveries.count(1) == TASKS
    assert all(history.collected)
    stamped = sum(map(bool, history.started))
    assert 32 <= stamped < TASKS / 2
    assert hops(history) is not None
    assert latency(history) is not None


def test_long_tasks_are_all_stamped():
    transport = parse("queue").create(Safety.DEFAULT)
    history = drive(transport, FunctionWorkload("nap", [0.002]), Load(80, 2, 1, 8))
    assert all(history.started)


def test_the_work_of_all_follows_from_those_that_were_drawn():
    history = History(PERIOD, 1)
    history.attempted = PERIOD
    for task in range(PERIOD):
        history.collected[task] = 10**9
        if CHOSEN[task]:
            history.started[task], history.finished[task] = 1_000, 3_000
    drawn_by_none = CHOSEN.index(0)
    history.started[drawn_by_none], history.finished[drawn_by_none] = 1_000, 10**9  # stamped since it was long
    assert execute_seconds(history) == pytest.approx(PERIOD * 2e-6)
