"""Calls over RabbitMQ: what no other transport has to do, with a server that the tests share."""

import gc
import weakref
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from rabbitmq_sides import existing
from skips import need
from waiting import eventually

from brokers.rabbitmq.client import connect
from brokers.servers.private import private_server
from brokers.servers.registry import server_kind
from crossover.contract.errors import BrokenError
from crossover.contract.safety import Safety
from crossover.execution.network_proxy import Proxy
from crossover.jobs.remote.job_queue import Lost
from crossover.jobs.remote.rabbitmq import RabbitmqIntake, RabbitmqQueue
from crossover.jobs.remote.rabbitmq.messages import Names


@pytest.fixture
def url():
    need(server_kind("rabbitmq").install_hint())
    return private_server("rabbitmq", Safety.DEFAULT).url


@pytest.fixture
def network(url):
    """A way to the server that can be cut."""
    with Proxy("127.0.0.1", urlsplit(url).port) as proxy:
        yield proxy


def through(network, url):
    return url.replace(f":{urlsplit(url).port}/", f":{network.port}/")


@pytest.fixture
def name():
    """A queue of this test's own."""
    return f"test-{uuid4().hex}"


@pytest.fixture(autouse=True)
def tidy(url, name):
    yield
    channel = connect(url, "test")
    channel.call(channel.pika.queue_delete, Names(name).calls)
    channel.close()


@pytest.fixture
def opened():
    """What is closed when the test ends, the last first."""
    kept = []
    yield kept
    for one in reversed(kept):
        one.close()


@pytest.fixture
def producer(url, name, opened):
    def connect_one(safety="default", at=url):
        opened.append(RabbitmqQueue(at, name, Safety(safety)))
        return opened[-1]

    return connect_one


@pytest.fixture
def intake(url, name, opened):
    def connect_one(at=url):
        opened.append(RabbitmqIntake(at, name))
        return opened[-1]

    return connect_one


def take(intake, number=1, seconds=20):
    taken = []
    assert eventually(lambda: taken.extend(intake.take(number - len(taken), 0.2)) or len(taken) == number, seconds)
    return taken


def receive(producer, number=1, seconds=20):
    found = []
    assert eventually(lambda: found.extend(producer.receive(0.2)) or len(found) == number, seconds)
    return found


def lost(producer):
    found = []

    def look():
        producer.receive(0.2)
        found.extend(producer.lost())
        return found

    assert eventually(look)
    return found


@pytest.mark.parametrize("safety", ["default", "safe"])
def test_a_call_and_its_outcome(producer, intake, safety):
    ours, worker = producer(safety), intake()
    ours.send(b"call", "run-1")
    (delivery,) = take(worker)
    assert delivery[:3] == (b"call", ours.reply_to, "run-1")
    assert not delivery.redelivered
    worker.begun(delivery, b"note")
    worker.reply(delivery, b"outcome")
    assert receive(ours, 2) == [b"note", b"outcome"]


def test_a_call_that_is_done_is_freed_at_once(producer, intake):
    ours, worker = producer(), intake()
    gc.disable()  # it takes longer to find a call than to do one
    try:
        ours.send(b"call", "run-1")
        watch = weakref.ref(take(worker)[0].tag)
        worker.reply(watch().delivery, b"outcome")
        assert receive(ours) == [b"outcome"]
        assert eventually(lambda: watch() is None)
    finally:
        gc.enable()


def test_a_worker_takes_no_more_than_it_has_room_for(producer, intake):
    ours, first, second = producer(), intake(), intake()
    for number in range(3):
        ours.send(b"", f"run-{number}")
    take(first, 1)
    assert first.take(0, 0) == []
    assert len(take(second, 2)) == 2


def test_a_call_that_nobody_has_taken_is_withdrawn_and_never_done(producer, intake):
    ours = producer()
    ours.send(b"", "run-1")
    ours.send(b"", "run-2")
    assert ours.withdraw("run-1")
    assert not ours.withdraw("run-1")
    assert [delivery.number for delivery in take(intake())] == ["run-2"]


def test_a_call_that_waits_in_a_worker_is_withdrawn(producer, intake):
    ours, worker = producer(), intake()
    ours.send(b"", "run-1")
    (running,) = take(worker)
    worker.reply(running, b"done")
    receive(ours)
    ours.send(b"", "run-2")
    assert ours.withdraw("run-2")
    assert worker.take(1, 0.3) == []


def test_a_call_that_a_worker_has_is_not_withdrawn(producer, intake):
    ours, worker = producer(), intake()
    ours.send(b"", "run-1")
    (delivery,) = take(worker)
    assert not ours.withdraw("run-1")
    worker.reply(delivery, b"done")
    assert receive(ours) == [b"done"]


@pytest.mark.parametrize("safety", ["default", "safe"])
def test_what_is_given_back_is_done_by_another(producer, intake, safety):
    ours, first = producer(safety), intake()
    ours.send(b"call", "run-1")
    (delivery,) = take(first)
    first.give_back(delivery)
    first.close()
    (again,) = take(intake())
    assert again[:3] == delivery[:3]
    assert again.redelivered
    ours.receive(1.5)
    assert ours.lost() == []


@pytest.mark.parametrize("safety", ["default", "safe"])
def test_a_worker_whose_connection_is_cut_still_has_its_call(producer, intake, network, url, safety):
    ours, worker = producer(safety), intake(through(network, url))
    ours.send(b"call", "run-1")
    (delivery,) = take(worker)
    network.restore()
    with pytest.raises(BrokenError):
        take(worker)
    assert eventually(lambda: not _raises(worker.beat))
    worker.reply(delivery, b"outcome")
    if safety == "safe":
        assert receive(ours) == [b"outcome"]
        assert worker.take(1, 0.5) == []


def _raises(method):
    try:
        method()
    except BrokenError:
        return True
    return False


def test_an_executor_whose_connection_is_cut_gets_what_was_done_meanwhile(producer, intake, network, url):
    ours, worker = producer("safe", through(network, url)), intake()
    ours.send(b"call", "run-1")
    (delivery,) = take(worker)
    network.restore()
    worker.reply(delivery, b"outcome")
    found = []
    assert eventually(lambda: not _raises(lambda: found.extend(ours.receive(0.5))) and found)
    assert found == [b"outcome"]


def test_calls_of_an_executor_that_has_ended_are_dropped(producer, intake, url, name):
    ours = producer()
    ours.send(b"", "run-1")
    ours.close()
    worker = intake()
    assert worker.take(1, 0.5) == []
    other = producer()
    other.send(b"", "run-2")
    assert [delivery.number for delivery in take(worker)] == ["run-2"]
    assert existing(url, Names(name).outcomes(ours.reply_to)) == []


def test_a_call_that_is_refused_is_kept_aside_and_its_executor_hears_why(producer, intake):
    ours, worker = producer(), intake()
    ours.send(b"\xff", "run-1")
    (delivery,) = take(worker)
    worker.refuse(delivery, "it is broken")
    assert lost(ours) == [Lost("run-1", "it is broken", refused=True)]


def test_a_call_from_which_workers_die_is_given_up(producer, intake, network, url, name):
    ours = producer("safe")
    ours.send(b"", "run-1")
    for _ in range(3):
        worker = RabbitmqIntake(through(network, url), name)
        take(worker)
        network.restore()
        assert eventually(lambda one=worker: _raises(one.beat))
        worker.close()
    worker = intake()
    assert worker.take(1, 5) == []
    ((number, reason, _),) = lost(ours)
    assert number == "run-1"
    assert "delivered 3 times" in reason
