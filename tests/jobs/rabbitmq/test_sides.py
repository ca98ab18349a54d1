"""Calls over RabbitMQ: what no other transport has to do, with a server that the tests share."""

import gc
import weakref

import pytest
from call_sides import lost, receive, take
from rabbitmq_sides import existing
from waiting import eventually

from crossover.jobs.errors import CallRefusedError
from crossover.jobs.remote.job_queue import Lost
from crossover.jobs.remote.rabbitmq.messages import Names


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
    assert lost(ours) == [Lost("run-1", "it is broken", CallRefusedError)]


@pytest.mark.parametrize("safety", ["default", "safe"])
def test_a_call_that_is_too_large_is_refused_before_it_is_sent(producer, intake, safety):
    ours, worker = producer(safety), intake()
    ours._outbox.limit = 10  # bytes
    with pytest.raises(ValueError, match="a call of 11 bytes is over the limit of RabbitMQ, 10"):
        ours.send(b"x" * 11, "run-1")
    ours.send(b"x" * 10, "run-2")
    assert [delivery.number for delivery in take(worker)] == ["run-2"]
