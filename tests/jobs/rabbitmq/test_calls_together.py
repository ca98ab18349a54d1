"""Short calls travel several in a message, where a worker has asked for that; each comes to its own end."""

import time

import pytest
from call_sides import raises, receive, take, through
from waiting import eventually

from brokers.rabbitmq.connection.client import connect
from crossover.jobs.remote.job_queue import Answer, Sending
from crossover.jobs.remote.rabbitmq import RabbitmqIntake
from crossover.jobs.remote.rabbitmq.messages import Kind, Names, call_properties

MANY, TOGETHER = 96, 4


@pytest.fixture
def send_together(producer, url, name):
    """Return a function that sends many calls, after a worker has asked for some in each message."""

    def send():
        ours, worker = producer("safe"), RabbitmqIntake(url, name)
        ours.send(b"", "run-0")
        taken = []
        assert eventually(lambda: taken.extend(worker.take(1, 0.2, TOGETHER)) or taken)
        worker.reply(taken[0], b"0")
        assert receive(ours) == [b"0"]
        worker.close()
        ours.send_many([Sending(b"%d" % number, f"run-{number}") for number in range(1, MANY + 1)])
        return ours

    return send


def test_each_is_done_once_and_all_are_acknowledged(send_together, intake, waiting):
    ours = send_together()
    assert eventually(lambda: waiting() == MANY // TOGETHER)
    worker = intake()
    deliveries = take(worker, MANY)
    assert [delivery.call for delivery in deliveries] == [b"%d" % number for number in range(1, MANY + 1)]
    worker.reply_many([Answer(delivery, delivery.call) for delivery in deliveries])
    assert receive(ours, MANY) == [delivery.call for delivery in deliveries]
    worker.close()
    assert not eventually(waiting, 1.0)


def test_without_a_worker_that_asks_each_is_a_message(producer, waiting):
    producer("safe").send_many([Sending(b"", f"run-{number}") for number in range(MANY)])
    assert eventually(lambda: waiting() == MANY)


def test_what_has_ended_is_not_done_again_though_its_worker_has_died(send_together, intake, network, url, name):
    ours, first = send_together(), RabbitmqIntake(through(network, url), name)
    taken = take(first, 2 * TOGETHER)
    done = [taken[0], taken[TOGETHER]]
    first.reply_many([Answer(delivery, b"1") for delivery in done])
    assert receive(ours, 2) == [b"1", b"1"]
    network.restore()  # its connection is lost, and it never comes back
    second = intake()
    again = []
    assert eventually(lambda: again.extend(second.take(MANY, 0.2)) or ours.receive(0.1) or len(again) >= MANY - 2)
    assert second.take(1, 0.5) == []
    expected = {f"run-{number}" for number in range(1, MANY + 1)} - {delivery.number for delivery in done}
    assert sorted(delivery.number for delivery in again) == sorted(expected)


def test_a_worker_whose_connection_was_lost_does_each_once(send_together, network, url, name):
    ours, worker = send_together(), RabbitmqIntake(through(network, url), name)
    done, *held = take(worker, TOGETHER)
    worker.reply(done, b"1")
    assert receive(ours) == [b"1"]
    network.restore()
    assert eventually(lambda: raises(worker.beat))
    assert eventually(lambda: not raises(worker.beat))
    rest = []
    assert eventually(lambda: rest.extend(worker.take(MANY, 0.2)) or ours.receive(0.1) or len(rest) >= MANY - TOGETHER)
    numbers = [delivery.number for delivery in [done, *held, *rest]]
    assert sorted(numbers) == sorted(f"run-{number}" for number in range(1, MANY + 1))
    worker.reply_many([Answer(delivery, b"") for delivery in [*held, *rest]])
    assert len(receive(ours, MANY - 1)) == MANY - 1
    assert worker.take(1, 0.5) == []
    worker.close()


def test_one_of_them_can_be_withdrawn_and_one_given_back(send_together, intake, waiting):
    ours, worker = send_together(), intake()
    first, second, *others = take(worker, TOGETHER)
    assert ours.withdraw("run-7")
    assert not ours.withdraw(second.number)
    worker.give_back(second)
    worker.reply(first, b"1")
    assert receive(ours) == [b"1"]
    rest = []
    assert eventually(lambda: rest.extend(worker.take(MANY, 0.2)) or len(rest) >= MANY - TOGETHER)
    numbers = [delivery.number for delivery in [first, *others, *rest]]
    assert sorted([*numbers, "run-7"]) == sorted(f"run-{number}" for number in range(1, MANY + 1))
    worker.reply_many([Answer(delivery, b"") for delivery in [*others, *rest]])
    assert len(receive(ours, MANY - 2)) == MANY - 2
    worker.close()
    assert not eventually(waiting, 1.0)


def test_what_is_no_calls_in_such_a_message_is_a_call_that_nobody_can_read(producer, intake, url, name):
    producer()
    channel = connect(url, "test")
    of = call_properties("run-1", "", safe=False, kind=Kind.CALLS)
    channel.publish(Names(name).calls, b"\x91\x92\xa1\xff\xc4\x00", of)
    channel.close()
    (delivery,) = take(intake())
    assert delivery.call == b"\x91\x92\xa1\xff\xc4\x00"


def test_each_dies_by_itself(send_together, intake, network, url, name):
    ours = send_together()
    for _ in range(3):
        worker = RabbitmqIntake(through(network, url), name)
        taken = []
        assert eventually(lambda one=worker, found=taken: found.extend(one.take(1, 0.2)) or ours.receive(0.1) or found)
        network.restore()
        assert eventually(lambda one=worker: raises(one.beat))
        worker.close()
    worker = intake()
    again = []
    assert eventually(lambda: again.extend(worker.take(MANY, 0.2)) or ours.receive(0.1) or len(again) >= MANY)
    assert len({delivery.number for delivery in again}) == len(again) == MANY
    assert ours.lost() == []


def test_what_has_come_together_is_taken_together_so_that_the_worker_sees_what_waits(send_together, intake):
    send_together()
    worker, taken = intake(), []
    assert eventually(lambda: taken.extend(worker.take(1, 0.2)) or taken)
    assert [delivery.number for delivery in taken] == [f"run-{number}" for number in range(1, TOGETHER + 1)]


@pytest.mark.long
def test_what_a_worker_takes_apart_is_known_to_be_there(send_together, intake, network, url, name):
    ours, first = send_together(), RabbitmqIntake(through(network, url), name)
    take(first, TOGETHER)
    network.restore()
    second, again = intake(), []
    assert eventually(lambda: again.extend(second.take(MANY, 0.2)) or ours.receive(0.1) or len(again) >= MANY)
    assert not any(ours.withdraw(delivery.number) for delivery in again[:: MANY // 4])
    deadline = time.monotonic() + 8.0
    while time.monotonic() < deadline:  # the queue is empty, and the executor looks for its calls
        ours.receive(0.5)
    assert ours.lost() == []
