"""RabbitMQ, or what is in between, closes the connection of a worker: it connects again, and no task is lost."""

import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from carrying import carry
from pika import BasicProperties
from rabbitmq_sides import short_consumer_timeout
from skips import controllable, need
from task_functions import FunctionWorkload
from waiting import PATIENCE, eventually

from brokers.broker_transport import new_run
from brokers.messages import pack
from brokers.rabbitmq.connection.client import connect, remove_names
from brokers.rabbitmq.inbox import RabbitmqInbox
from brokers.rabbitmq.publisher import RabbitmqPublisher
from brokers.rabbitmq.queues import Queues
from brokers.rabbitmq.safe_inbox import SafeRabbitmqInbox
from brokers.servers.private import private_server
from brokers.servers.registry import server_kind
from crossover.contract.errors import BrokenError
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.tasks import NO_ERRORS, Batch, Outcomes
from crossover.execution.network_proxy import Proxy

REFERENCE = "task_functions:echo"


@pytest.fixture(scope="module")
def url():
    need(server_kind("rabbitmq").install_hint())
    return private_server("rabbitmq", Safety.DEFAULT).url


@pytest.fixture
def network(url):
    with Proxy("127.0.0.1", urlsplit(url).port) as proxy:
        yield proxy


class Run:
    """A producer, and a worker that is connected through a network that can be reset."""

    def __init__(self, url, network, level):
        queues = Queues(new_run(), Safety(level))
        self.producer = RabbitmqPublisher(url, queues, REFERENCE)
        self.producer.open()
        kind = SafeRabbitmqInbox if queues.safety is Safety.SAFE else RabbitmqInbox
        port = urlsplit(url).port
        self.inbox = kind(url.replace(f":{port}/", f":{network.port}/"), queues, REFERENCE, 8)
        self.inbox.open()
        self.outcomes = []

    def send(self, *tasks):
        self.producer.publish([(task, 1, pack(Batch(task, 1, [task]), REFERENCE, 10**6)[0][0][2]) for task in tasks])
        self.producer.collect(0, 0)

    def finish(self, batch):
        self.inbox.reply(Outcomes(batch.first, 1, ["value"], NO_ERRORS, 1, 0, time.monotonic_ns() + 10**9))
        self.inbox.acknowledge(batch)

    def work_until(self, *tasks):
        """Do what is delivered, until these tasks were: what comes again may come after what is new."""
        done = set()
        while not done.issuperset(tasks):
            for batch in self.inbox.receive():
                self.finish(batch)
                done.add(batch.first)
        self.inbox._publish()
        self.inbox._channel.process_events()

    def back(self, *tasks):
        """Return whether outcomes of exactly these tasks come back, as often as they do."""
        return eventually(lambda: self.outcomes.extend(self.producer.collect(9, 0.1)) or self.known == set(tasks))

    @property
    def known(self):
        return {one.first for one in self.outcomes}

    def close(self):
        self.inbox._channel.close()
        self.producer.close()


@pytest.fixture(params=["default", "safe"])
def run(url, network, request):
    made = Run(url, network, request.param)
    yield made
    made.close()


def test_the_outcome_of_a_task_is_sent_over_a_new_connection(network, run):
    run.send(0)
    (batch,) = run.inbox.receive()
    network.restore()
    run.finish(batch)
    assert run.back(0)


def test_what_a_worker_had_taken_comes_again(network, run):
    run.send(0, 1, 2)
    taken = [*run.inbox.receive()]
    network.restore()
    for batch in taken:
        run.finish(batch)
    run.send(3)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(run.work_until, 0, 1, 2, 3)
        assert run.back(0, 1, 2, 3)


def test_a_worker_that_waits_connects_again_as_often_as_it_must(network, run):
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(run.inbox.receive)
        for _ in range(3):
            before = run.inbox._channel
            network.restore()
            assert eventually(lambda before=before: run.inbox._channel is not before)
        run.send(0)
        for batch in waiting.result():
            run.finish(batch)
    assert run.back(0)


def test_at_the_fast_level_a_worker_gives_up_because_what_it_was_sent_is_lost(url, network):
    run = Run(url, network, "fast")
    network.restore()
    with pytest.raises(BrokenError, match="RabbitMQ at 127"):
        run.inbox.receive()
    run.close()


def test_a_worker_whose_outcomes_are_returned_gives_up_and_says_why(url, network):
    run = Run(url, network, "safe")
    run.send(0)
    (batch,) = run.inbox.receive()
    remove_names(url, [run.inbox._queues.outcomes], [], "test")
    run.finish(batch)
    with pytest.raises(BrokenError, match="the queue of outcomes is gone"):
        run.inbox.receive()
    run.close()


def test_what_is_still_to_be_done_does_not_keep_a_connection_whose_channel_is_closed(url):
    channel = connect(url, "test")
    channel.pika.close()
    with pytest.raises(BrokenError):
        channel.wait(lambda: False, PATIENCE)
    for _ in range(3):
        channel.call_soon(lambda: channel.publish("nowhere", b"", BasicProperties()))
    channel.close()
    assert channel._connection.is_closed


@pytest.mark.long
@pytest.mark.parametrize("name", ["rabbitmq"])
def test_a_task_may_take_longer_than_the_servers_consumer_timeout(name):
    server = controllable("rabbitmq", Safety.SAFE)
    with (
        short_consumer_timeout(server),
        parse(f"{name}://{server.url.removeprefix('amqp://')}").create(Safety.SAFE) as transport,
    ):
        transport.start(FunctionWorkload("nap", []), 2)
        naps = [2.5, 2.5, 2.5]  # the third one waits in a worker
        values, errors, refused, _ = carry(transport, naps, comes_again=True)
    assert not errors
    assert not refused
    assert values == {0: 2.5, 1: 2.5, 2: 2.5}
