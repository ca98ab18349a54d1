"""A producer process runs any load, reports how the run ended, and keeps its record in files."""

import pytest
from waiting import eventually

from crossover.contract.errors import StartError
from crossover.contract.safety import Safety
from crossover.execution.load.load import Load
from crossover.execution.producer.producer_handle import ProducerHandle
from crossover.execution.producer.protocol import ProducerSpec
from crossover.recording.history import History
from crossover.recording.storage import Files
from workloads.echo import Echo

TASKS = 50


def produce(folder, load, transport="queue"):
    """Start a producer process whose workers are ready."""
    return ProducerHandle(ProducerSpec(transport, Safety.DEFAULT, Echo(), load, folder), {}, should_end=lambda: False)


def receive_until(producer, condition):
    def received():
        producer.receive(0.01)
        return condition()

    assert eventually(received)


@pytest.mark.parametrize(
    "load",
    [Load(TASKS, 2, 1, 8), Load(TASKS, 2, 1, 8, rate=200.0), Load(TASKS, 2, 1, 8, backlog=True)],
    ids=["closed loop", "open loop", "backlog"],
)
def test_any_load_runs_in_a_producer_process(tmp_path, load):
    producer = produce(tmp_path, load)
    workers = producer.ready.processes["workers"]
    assert {process.pid for process in producer.descendants()} >= set(workers)
    producer.start()
    receive_until(producer, lambda: producer.finished)
    assert producer.finish()
    producer.close()
    assert not producer.alive
    assert (producer.report.error, producer.report.reasons, producer.report.unexpected) == ("", {}, 0)
    history = History(load.tasks, load.batch, Files(tmp_path))
    assert bytes(history.deliveries[:]) == b"\1" * TASKS


def test_a_transport_that_cannot_be_created_is_reported_with_the_reason(tmp_path):
    with pytest.raises(StartError, match="threads has no option 'x'"):
        produce(tmp_path, Load(TASKS, 2, 1, 8), "threads?x=1")


def test_a_killed_producer_takes_its_workers_with_it(tmp_path):
    producer = produce(tmp_path, Load(TASKS, 2, 1, 8))
    producer.start()
    producer.kill()
    producer.close()
    assert not producer.descendants()
    assert not producer.finished
