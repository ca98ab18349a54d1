"""An executor over RabbitMQ from end to end, with workers that it starts itself."""

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from rabbitmq_sides import existing
from skips import need
from waiting import PATIENCE, eventually

from brokers.rabbitmq.connection.client import remove_names
from brokers.servers.private import private_server
from brokers.servers.registry import server_kind
from crossover import Executor
from crossover.contract.safety import Safety
from crossover.jobs.remote.rabbitmq import RabbitmqIntake, RabbitmqQueue
from crossover.jobs.remote.rabbitmq.messages import Names


@pytest.fixture
def url():
    need(server_kind("rabbitmq").install_hint())
    return private_server("rabbitmq", Safety.DEFAULT).url


@pytest.fixture(params=["default", "safe"])
def executor(request, url):
    with Executor(url.replace("amqp:", "rabbitmq:"), 2, safety=request.param) as made:
        yield made


@pytest.mark.long
def test_it_does_work(executor):
    assert executor.submit(divmod, 7, 2).result(PATIENCE) == (3, 1)
    assert list(executor.map(abs, range(-50, 0))) == list(range(50, 0, -1))


@pytest.mark.long
def test_what_waits_can_be_cancelled(executor):
    futures = [executor.submit(time.sleep, 0.2) for _ in range(20)]
    cancelled = [future for future in futures if future.cancel()]
    assert len(cancelled) >= 10
    assert all(future.result(PATIENCE) is None for future in futures if future not in cancelled)


@pytest.mark.long
def test_a_process_that_dies_fails_or_repeats_its_call(executor):
    future = executor.submit(signal.raise_signal, signal.SIGKILL)
    assert "SIGKILL" in str(future.exception(PATIENCE))
    assert executor.submit(abs, -1).result(PATIENCE) == 1


@pytest.mark.long
def test_threads_may_share_it(executor):
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda one: executor.submit(abs, one).result(PATIENCE), range(40))) == list(range(40))


@pytest.mark.long
def test_an_executor_that_looks_for_its_calls_as_it_ends_does_not_make_their_queue_again(url, monkeypatch):
    monkeypatch.setattr("crossover.jobs.remote.rabbitmq.executor_side.search.LOOK_EVERY", 0.0)
    monkeypatch.setattr("crossover.jobs.remote.rabbitmq.channel_thread.TICK", 0.0)  # it looks all the time
    for _ in range(5):
        ours = RabbitmqQueue(url, name := f"test-{uuid4().hex}", own_workers=1)
        ours.close(with_calls=True)
        assert existing(url, Names(name).calls) == []


def test_a_queue_of_calls_that_was_deleted_is_made_again(url):
    ours = RabbitmqQueue(url, name := f"test-{uuid4().hex}")
    remove_names(url, [Names(name).calls], [], "test")
    ours.send(b"call", "run-1")
    worker = RabbitmqIntake(url, name)
    taken = []
    assert eventually(lambda: taken.extend(worker.take(1, 0.2)) or taken)
    assert taken[0].call == b"call"
    worker.reply(taken[0], b"outcome")
    worker.close()
    ours.close()
    remove_names(url, [Names(name).calls], [], "test")
