"""A producer process runs any load, reports how the run ended, and its record survives it."""

import importlib
import os
import signal
import sys
import threading
import types
from contextlib import contextmanager

import psutil
import pytest
from waiting import eventually

from crossover.contract.errors import StartError
from crossover.contract.registry import TRANSPORTS, parse
from crossover.contract.registry import load as load_transport
from crossover.contract.safety import Safety
from crossover.execution.load.load import Load
from crossover.execution.producer.producer_handle import ProducerHandle
from crossover.execution.producer.protocol import ProducerSpec
from crossover.execution.template.forked_call import call
from crossover.execution.template.forked_process import ForkedProcess
from crossover.execution.template.template_handle import template
from crossover.execution.template.template_process import answer
from crossover.recording.shared_history import SharedHistory
from local_ipc.serial import SerialTransport
from workloads.echo import Echo

TASKS = 50
ONE = Load(1, 1, 1, 1)


@contextmanager
def produced(load, transport="queue"):
    """Start a producer process whose workers are ready; return it and the record of its run."""
    history = SharedHistory(load.tasks, load.batch)
    created = parse(transport).create(Safety.DEFAULT) if isinstance(transport, str) else transport
    try:
        spec = ProducerSpec(created, Echo(), load)
        producer = ProducerHandle(spec, history, should_end=lambda: False)
        try:
            yield producer, history
        finally:
            producer.kill()
            producer.close()
    finally:
        history.file.close()


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
def test_any_load_runs_in_a_producer_process(load):
    with produced(load) as (producer, history):
        workers = producer.ready.processes["workers"]
        assert {process.pid for process in producer.descendants()} >= set(workers)
        producer.run()
        receive_until(producer, lambda: producer.finished)
        assert producer.finish()
        assert not producer.alive
        counts = producer.report.counts
        assert (producer.report.error, counts.settled, counts.reasons, counts.unexpected) == ("", TASKS, {}, 0)
        assert bytes(history.deliveries[:]) == b"\1" * TASKS


def test_a_transport_that_cannot_be_started_is_reported_with_the_reason():
    with (
        pytest.raises(StartError, match=r"workers=external|[Rr]efused|server"),
        produced(Load(TASKS, 2, 1, 8), "redis-list://127.0.0.1:1"),
    ):
        pass


def test_a_killed_producer_takes_its_workers_with_it_and_leaves_its_record():
    with produced(Load(100_000, 2, 1, 8)) as (producer, history):
        producer.run()
        assert eventually(lambda: history.sent[100])
        producer.kill()
        assert not producer.descendants()
        assert not producer.finished
        history.recount()
        assert history.attempted > 100
        assert 0 < history.settled <= history.attempted


def test_a_loop_that_cannot_be_told_to_end_is_interrupted():
    with produced(Load(2, 1, 1, 1), "planted?what=hang") as (producer, _):
        producer.run()
        assert producer.finish()


def test_a_template_that_was_killed_is_started_again():
    assert call("os:getppid", within=30) == template.pid
    os.kill(template.pid, signal.SIGKILL)
    assert call("math:sqrt", 16, within=30) == 4


def test_a_call_in_a_process_of_its_own_raises_what_the_function_raised_and_ends_in_time():
    with pytest.raises(ZeroDivisionError):
        call("operator:truediv", 1, 0, within=30)
    with pytest.raises(TimeoutError):
        call("time:sleep", 60, within=0.1)
    with pytest.raises(EOFError):
        call("os:_exit", 3, within=30)


def test_a_daemon_that_a_function_has_left_behind_ends_with_the_call():
    pid = call("task_functions:leave_a_daemon", within=30)
    assert eventually(lambda: not psutil.pid_exists(pid))


def test_a_transport_that_cannot_be_pickled_says_so():
    transport = SerialTransport(None, Safety.DEFAULT)
    transport.lock = threading.Lock()
    with (
        pytest.raises(StartError, match=r"sent to another process: TypeError: .*lock"),
        produced(ONE, transport),
    ):
        pass


def test_a_transport_that_only_the_command_can_import_says_so(monkeypatch):
    module = types.ModuleType("only_here")
    exec("from local_ipc.serial import SerialTransport\nclass Mine(SerialTransport): pass", vars(module))
    monkeypatch.setitem(sys.modules, "only_here", module)
    transport = module.Mine(None, Safety.DEFAULT)
    with pytest.raises(StartError, match="No module named 'only_here'"), produced(ONE, transport):
        pass


@pytest.mark.parametrize("name", TRANSPORTS)
def test_the_template_can_import_what_a_transport_imports_on_use(name):
    for module in load_transport(name).imports:
        importlib.import_module(module)


@pytest.mark.parametrize("attempt", range(5))
def test_a_process_that_has_hardly_begun_can_be_interrupted(attempt):
    process = ForkedProcess(f"{answer.__module__}:{answer.__name__}")
    try:
        process.connection.send(("time:sleep", (60,)))
        process.signal(signal.SIGINT)
        assert process.join(3)
    finally:
        process.kill()
        process.close()
