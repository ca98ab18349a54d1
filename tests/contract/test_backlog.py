"""A backlog: no worker begins before every task has been accepted; then all of them are done."""

import psutil
import pytest
from skips import create, serve
from task_functions import FunctionWorkload

from crossover.execution.load.load import Load
from crossover.execution.measure import measure
from crossover.results.records import End

TASKS = 600


@pytest.fixture
def foreign_redis():
    """The URL of a Redis that the transport does not know to be ours."""
    server = serve("redis")
    yield server.url
    server.stop()


def run(transport, payloads, tasks, **load):
    return measure(
        transport, FunctionWorkload("echo", payloads), Load(tasks, 2, window=32, backlog=True, **load), lambda _: None
    )


@pytest.mark.long
@pytest.mark.parametrize("batch", [1, 7])
def test_no_task_begins_before_all_have_been_accepted(with_processes, batch):
    observation = run(with_processes, list(range(TASKS)), TASKS, batch=batch)
    history = observation.history
    assert observation.ending.end is End.FINISHED
    assert set(history.deliveries) == {1}
    assert not history.pending
    assert max(history.sent) <= history.began <= min(filter(None, history.started))
    brokered = with_processes.traits.server or with_processes.traits.broker_process
    assert observation.backlog.role == ("broker" if brokered else "producer")
    assert observation.backlog.fill_seconds > 0


@pytest.mark.long
@pytest.mark.parametrize("url", ["redis-list", "redis-stream", "manager"])
def test_a_broker_grows_by_what_lies_in_it(url):
    size, tasks = 10_000, 5_000
    payloads = [bytes([number % 256]) * size for number in range(100)]
    backlog = run(create(url), payloads, tasks, batch=1).backlog
    assert backlog.role == "broker"
    assert 0.8 * size * tasks < backlog.memory_bytes < 2 * size * tasks


@pytest.mark.long
def test_the_backlog_on_a_foreign_server_is_not_weighed(monkeypatch, foreign_redis):
    monkeypatch.setenv("CROSSOVER_REDIS_URL", foreign_redis)
    observation = run(create("redis-list"), [1, 2, 3], TASKS, batch=1)
    assert observation.ending.end is End.FINISHED
    assert (observation.backlog.role, observation.backlog.memory_bytes) == ("broker", None)


@pytest.mark.long
def test_a_worker_that_dies_while_it_stands_still_ends_the_run():
    transport = create("queue")
    workers, killed = [], []

    def kill(_settled):
        if not killed:
            worker = psutil.Process(workers[0])
            if worker.status() == psutil.STATUS_STOPPED:
                worker.kill()
                killed.append(worker.pid)

    load = Load(2_000_000, 2, 1, 32, backlog=True)
    observation = measure(
        transport,
        FunctionWorkload("echo", [0]),
        load,
        kill,
        on_ready=lambda ready: workers.extend(ready.processes["workers"]),
    )
    assert observation.ending.end is End.DIED
    assert f"worker {killed[0]}" in str(observation.ending)
    assert observation.history.attempted < 2_000_000
