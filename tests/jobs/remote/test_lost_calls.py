"""Calls that a server does not have any more: their executor hears of it, and none is pending for ever."""

import time

import pytest
import redis
from waiting import eventually

from brokers.rabbitmq.connection.client import connect
from brokers.servers.private import private_server
from crossover.contract.safety import Safety
from crossover.jobs.remote.rabbitmq.messages import Names
from crossover.jobs.remote.redis.keys import Keys
from crossover.jobs.remote.transports import INTAKES, SERVERS, open_intake, open_queue


@pytest.fixture
def url(transport):
    return private_server(SERVERS[transport], Safety.SAFE).url


@pytest.fixture
def name():
    return f"lost-{time.time_ns()}"


@pytest.fixture
def empty(transport, url, name):
    """Return a function that removes all calls that wait."""

    def remove(how):
        if transport != "rabbitmq":
            with redis.Redis.from_url(url) as client:
                client.delete(Keys(name).calls)
            return
        channel = connect(url, "test")
        channel.call(getattr(channel.pika, f"queue_{how}"), Names(name).calls)
        channel.close()

    return remove


@pytest.mark.parametrize("transport", INTAKES, indirect=True)
@pytest.mark.parametrize("how", ["purge", "delete"])
@pytest.mark.parametrize("safety", ["default", "safe"])
def test_calls_of_a_queue_that_was_emptied_are_lost_and_those_that_workers_have_are_not(
    transport, url, name, empty, safety, how
):
    if how == "purge" and transport == "redis-stream":
        pytest.skip("a stream that is trimmed keeps what workers have; deleted, it does not")
    ours = open_queue(transport, url, name, Safety(safety))
    worker = open_intake(transport, url, name)
    try:
        ours.send(b"1", "run-1")
        taken, lost = [], []
        assert eventually(lambda: taken.extend(worker.take(1, 0.2)) or taken)
        ours.send(b"2", "run-2")
        empty(how)

        def look():
            assert ours.receive(0.2) == []
            lost.extend(one.number for one in ours.lost())
            return "run-2" in lost

        assert eventually(look)
        if transport == "redis-list" or (transport == "rabbitmq" and how == "purge"):
            worker.reply(taken[0], b"outcome")
            assert eventually(lambda: ours.receive(0.2) == [b"outcome"])
            assert lost == ["run-2"]
    finally:
        worker.close()
        ours.close(with_calls=True)
