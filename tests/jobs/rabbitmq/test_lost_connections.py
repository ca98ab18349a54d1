"""What a worker and an executor do over RabbitMQ when their connection is lost."""

from functools import partial

import pytest
from call_sides import lost, raises, receive, take, through
from waiting import eventually

from brokers.rabbitmq.connection.client import connect
from crossover.contract.errors import BrokenError
from crossover.jobs.remote.rabbitmq import RabbitmqIntake
from crossover.jobs.remote.rabbitmq.messages import Names, call_properties


@pytest.mark.parametrize("safety", ["default", "safe"])
def test_a_worker_whose_connection_is_cut_still_has_its_call(producer, intake, network, url, safety):
    ours, worker = producer(safety), intake(through(network, url))
    ours.send(b"call", "run-1")
    (delivery,) = take(worker)
    network.restore()
    with pytest.raises(BrokenError):
        take(worker)
    assert eventually(lambda: not raises(worker.beat))
    worker.reply(delivery, b"outcome")
    if safety == "safe":
        assert receive(ours) == [b"outcome"]
        assert worker.take(1, 0.5) == []


def test_an_executor_whose_connection_is_cut_gets_what_was_done_meanwhile(producer, intake, network, url):
    ours, worker = producer("safe", through(network, url)), intake()
    ours.send(b"call", "run-1")
    (delivery,) = take(worker)
    network.restore()
    worker.reply(delivery, b"outcome")
    found = []
    assert eventually(lambda: not raises(lambda: found.extend(ours.receive(0.5))) and found)
    assert found == [b"outcome"]


def test_a_call_from_which_workers_die_is_given_up(producer, intake, network, url, name):
    ours = producer("safe")
    ours.send(b"", "run-1")
    for _ in range(3):
        worker = RabbitmqIntake(through(network, url), name)
        take(worker)
        network.restore()
        assert eventually(lambda one=worker: raises(one.beat))
        worker.close()
    worker = intake()
    assert worker.take(1, 5) == []
    ((number, reason, _),) = lost(ours)
    assert number == "run-1"
    assert "delivered 3 times" in reason


def send_raw(url, name, producer, number, **headers):
    """Send a call as the producer would, with other headers."""
    channel = connect(url, "test")
    of = call_properties(number, producer.reply_to, safe=True, **headers)
    channel.publish(Names(name).calls, number.encode(), of)
    channel.close()


def test_a_call_that_was_sent_twice_is_acknowledged_twice_though_the_connection_was_lost(
    producer, network, url, name, waiting
):
    ours, worker = producer("safe"), RabbitmqIntake(through(network, url), name)
    for _ in range(2):
        send_raw(url, name, ours, "run-1")
    deliveries = take(worker, 2)
    network.restore()
    with pytest.raises(BrokenError):
        take(worker)
    assert eventually(lambda: not raises(worker.beat))
    send_raw(url, name, ours, "run-2")
    assert take(worker)[0].number == "run-2"  # behind both, which have come again
    for delivery in deliveries:
        worker.reply(delivery, b"outcome")
    worker.close()
    assert eventually(lambda: waiting() == 1)
    assert not eventually(lambda: waiting() > 1, 1.0)  # what is not acknowledged comes back soon


def test_an_outcome_is_not_given_to_a_connection_that_has_ended(producer, intake, network, url):
    ours, worker = producer("safe"), intake(through(network, url))
    ours.send(b"call", "run-1")
    (delivery,) = take(worker)
    ended, get = worker._line.get(), worker._line.get
    network.restore()
    assert eventually(lambda: ended.error)
    assert eventually(lambda: not raises(worker.beat))  # another thread has connected again
    worker._line.get = lambda: ended  # which this one had got before
    with pytest.raises(BrokenError):
        worker.reply(delivery, b"outcome")
    worker._line.get = get
    worker.reply(delivery, b"outcome")
    assert receive(ours) == [b"outcome"]


def test_what_came_with_a_call_that_is_given_up_is_done_though_the_connection_was_lost(
    producer, intake, network, url, name, monkeypatch
):
    ours, worker = producer("safe"), intake(through(network, url))
    ended = worker._line.get()

    def lose_connection(*_):
        network.restore()
        assert eventually(lambda: ended.error)

    with monkeypatch.context() as patched:
        patched.setattr("crossover.jobs.remote.rabbitmq.worker_side.intake.dead_letter", lose_connection)
        send_raw(url, name, ours, "run-1")
        send_raw(url, name, ours, "run-2", deaths=3)
        with pytest.raises(BrokenError):
            eventually(lambda: worker.take(2, 0.5))
    taken = []
    assert eventually(lambda: not raises(lambda: taken.extend(worker.take(2, 0.5))) and taken)
    assert [delivery.number for delivery in taken] == ["run-1"]


def test_of_two_calls_that_are_given_up_the_first_stays_so_though_the_connection_is_lost_at_the_second(
    producer, intake, network, url, name, monkeypatch
):
    ours, worker = producer("safe"), intake(through(network, url))
    ended, given_up = worker._line.get(), []

    def lose_connection_at_the_second(*words):
        given_up.append(words[-1])
        if len(given_up) == 2:
            assert eventually(lambda: (ours.reply_to, "run-1") not in worker._desk.held)  # its end is confirmed
            thread, answers = worker._line.get(), []
            thread.call(partial(thread.channel.pika.basic_qos, prefetch_count=1, callback=answers.append))
            assert eventually(lambda: answers)  # so RabbitMQ has got what was acknowledged before
            network.restore()
            assert eventually(lambda: ended.error)

    monkeypatch.setattr("crossover.jobs.remote.rabbitmq.worker_side.intake.dead_letter", lose_connection_at_the_second)
    for number in ("run-1", "run-2"):
        send_raw(url, name, ours, number, deaths=3)
    assert eventually(lambda: raises(lambda: worker.take(2, 0.5)))
    assert eventually(lambda: not raises(lambda: worker.take(2, 0.5)) and len(given_up) >= 3)
    assert given_up == [b"run-1", b"run-2", b"run-2"]
    assert worker.take(1, 0.5) == []
    assert given_up == [b"run-1", b"run-2", b"run-2"]
