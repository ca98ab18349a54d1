"""Producers and workers in the test itself, on a RabbitMQ that the tests share, over a way that can be cut."""

from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from rabbitmq_sides import count
from skips import need

from brokers.rabbitmq.connection.client import connect
from brokers.servers.private import private_server
from brokers.servers.registry import server_kind
from crossover.contract.safety import Safety
from crossover.execution.network_proxy import Proxy
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


@pytest.fixture
def name(url):
    """A queue of this test's own."""
    name = f"test-{uuid4().hex}"
    yield name
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


@pytest.fixture
def waiting(url, name):
    """Return a function that returns how many messages wait in the queue."""

    def messages():
        channel = connect(url, "test")
        try:
            return count(channel, Names(name).calls)[0]
        finally:
            channel.close()

    return messages
