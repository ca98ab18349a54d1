"""A worker that is not ready in time is not waited for, however it is started; the sentence says how to wait longer."""

import pytest
from skips import create

from crossover.contract.errors import StartError
from crossover.execution.load.load import Load
from crossover.execution.producer.producer_handle import ProducerHandle
from crossover.execution.producer.protocol import ProducerSpec
from crossover.recording.shared_history import SharedHistory
from crossover.workers.processes import start_timeout
from workloads.echo import Echo

LOAD = Load(10, 2, 1, 8)


class NeverReady(Echo):
    reference = "never_imported:run"


@pytest.mark.parametrize("url", ["serial", "threads", "queue", "pipe?start=spawn", "pool", "executor", "celery+redis"])
def test_workers_that_are_not_ready_in_time_are_not_waited_for(url):
    transport = create(url)
    transport.find_server()
    history = SharedHistory(LOAD.tasks, LOAD.batch)
    try:
        with start_timeout.allowing(0.3), pytest.raises(StartError, match=r"0.3 s; --start-timeout allows more"):
            ProducerHandle(ProducerSpec(transport, NeverReady(), LOAD), history, should_end=lambda: False)
    finally:
        history.file.close()


def test_the_time_holds_until_the_command_ends():
    assert start_timeout.start_timeout() == start_timeout.DEFAULT
    with start_timeout.allowing(3600):
        with start_timeout.allowing(None):
            assert start_timeout.start_timeout() == 3600
        assert start_timeout.start_timeout() == 3600
    assert start_timeout.start_timeout() == start_timeout.DEFAULT
