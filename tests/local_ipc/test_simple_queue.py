"""Producer and workers of `queue?kind=simple` never wait for each other, however little its pipes take."""

import fcntl
import sys

import pytest
from task_functions import FunctionWorkload

from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.tasks import Batch, as_outcomes
from local_ipc import queues

PAGE = 4096  # bytes; a system gives no more to users who have many pipes


def collect_all(transport, tasks):
    found = []
    while len(found) < tasks:
        found += [as_outcomes(one) for one in transport.collect(64, 0.5)]
    return sorted(one.first for one in found)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much a pipe takes")
@pytest.mark.timeout(60)
@pytest.mark.parametrize("size", [10, 900, 3_000, 10_000])
def test_a_pipe_may_take_one_page_only(monkeypatch, size):
    class SmallQueues(queues.SimpleQueues):
        def __init__(self, context):
            make = context.SimpleQueue

            def small():
                made = make()
                fcntl.fcntl(made._writer.fileno(), fcntl.F_SETPIPE_SZ, PAGE)
                return made

            monkeypatch.setattr(context, "SimpleQueue", small, raising=False)
            super().__init__(context)

    monkeypatch.setattr(queues, "SimpleQueues", SmallQueues)
    with parse("queue?kind=simple").create(Safety.DEFAULT) as transport:
        transport.start(FunctionWorkload("echo", []), 2)
        for task in range(200):
            transport.submit_task(task, "x" * size)
        assert collect_all(transport, 200) == [*range(200)]


@pytest.mark.timeout(60)
def test_values_and_payloads_may_be_larger_than_a_pipe():
    with parse("queue?kind=simple").create(Safety.DEFAULT) as transport:
        transport.start(FunctionWorkload("echo", []), 2)
        for task in range(20):
            transport.submit(Batch(task, 1, [b"x" * 300_000]))
        assert collect_all(transport, 20) == [*range(20)]
