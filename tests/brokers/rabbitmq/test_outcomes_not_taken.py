"""A worker at the safe level acknowledges a message only when RabbitMQ has taken its outcome, and not before."""

import time
from uuid import uuid4

import pytest
from skips import need

from brokers.messages import pack
from brokers.rabbitmq.connection.client import connect
from brokers.rabbitmq.publisher import RabbitmqPublisher
from brokers.rabbitmq.queues import Queues
from brokers.rabbitmq.safe_inbox import SafeRabbitmqInbox
from brokers.servers.private import private_server
from brokers.servers.registry import server_kind
from crossover.contract.errors import BrokenError
from crossover.contract.safety import Safety
from crossover.contract.tasks import NO_ERRORS, Batch, LateReceipt, Outcomes, Receipt

REFERENCE = "task_functions:echo"
REFUSES = {"x-max-length": 1, "x-overflow": "reject-publish"}  # a queue that takes one message
SECONDS = 20.0


@pytest.fixture
def url():
    need(server_kind("rabbitmq").install_hint())
    return private_server("rabbitmq", Safety.DEFAULT).url


@pytest.fixture
def queues(url):
    """Return the queues of a run, of which none has been made yet; all are removed at the end."""
    made = Queues(uuid4().hex[:12], Safety.SAFE)
    yield made
    channel = connect(url, "test")
    for name in made.names:
        channel.call(channel.pika.queue_delete, name)
    channel.close()


@pytest.fixture
def channel(url):
    channel = connect(url, "test")
    yield channel
    channel.close()


def declare(channel, name, **arguments):
    channel.call(channel.pika.queue_declare, name, durable=True, arguments=arguments)


def waiting(channel, name):
    """Return how many messages a queue has that no worker has taken."""
    answers = []
    channel.pika.queue_declare(name, passive=True, callback=answers.append)
    channel.expect(lambda: answers, SECONDS)
    return answers[0].method.message_count


@pytest.fixture
def worker(url, queues, channel):
    """Return a worker, and the batches that it has been sent: tasks 0 and 1."""
    declare(channel, queues.tasks, **{"x-queue-type": "quorum"})
    declare(channel, queues.candidates, **{"x-queue-type": "quorum"})
    opened = []

    def start(**outcomes):
        if outcomes is not None:
            declare(channel, queues.outcomes, **outcomes)
        for task in range(2):
            (message,) = pack(Batch(task, 1, [task]), REFERENCE, 10_000).messages
            channel.publish(queues.tasks, message[-1], queues.properties)
        channel.process_events()
        inbox = SafeRabbitmqInbox(url, queues, REFERENCE, 16)
        inbox.open()
        opened.append(inbox)
        found = []
        while len(found) < 2:
            found += inbox.receive()
        return inbox, found

    yield start
    for inbox in opened:
        inbox._channel.close()


def work(inbox, batch):
    now = time.monotonic_ns()
    inbox.reply(Outcomes(batch.first, 1, batch.payloads, NO_ERRORS, 1, now, now))


def take_for_ever(inbox):
    while True:
        inbox.receive()


def settle(inbox):
    inbox._publish()
    inbox._channel.wait(lambda: not inbox._channel.unconfirmed, SECONDS)
    inbox._channel.process_events()


def back(inbox, channel, queues):
    """Return how many messages come back to the queue when the worker has gone."""
    inbox._channel.close()
    end = time.monotonic() + SECONDS
    while not (count := waiting(channel, queues.tasks)) and time.monotonic() < end:
        pass
    return count


def test_what_was_confirmed_is_acknowledged_and_does_not_come_back(worker, channel, queues):
    inbox, batches = worker()
    for batch in batches:
        work(inbox, batch)
    settle(inbox)
    assert inbox._acknowledged == 2
    inbox._channel.close()
    assert waiting(channel, queues.tasks) == 0
    assert waiting(channel, queues.outcomes) == 2


def test_what_is_not_confirmed_yet_is_not_acknowledged(worker, channel, queues):
    inbox, batches = worker()
    for batch in batches:
        work(inbox, batch)
    inbox._publish()
    unconfirmed = inbox._channel.unconfirmed
    assert list(unconfirmed.values()) == [1, 2]
    assert inbox._acknowledged == 0
    del unconfirmed[2]
    inbox._on_confirmed(2, stored=True)  # the second is confirmed first
    assert inbox._acknowledged == 0
    del unconfirmed[1]
    inbox._on_confirmed(1, stored=True)
    assert inbox._acknowledged == 2


def test_a_message_whose_outcome_is_refused_comes_back(worker, channel, queues):
    inbox, batches = worker(**REFUSES)
    for batch in batches:
        work(inbox, batch)
    with pytest.raises(BrokenError, match="it refused an outcome"):
        take_for_ever(inbox)
    assert back(inbox, channel, queues) in {1, 2}  # one outcome was taken, but perhaps its confirm came too late


def test_a_message_whose_outcome_is_returned_comes_back(worker, channel, queues):
    inbox, batches = worker()
    channel.call(channel.pika.queue_delete, queues.outcomes)
    work(inbox, batches[0])
    with pytest.raises(BrokenError, match="the queue of outcomes is gone"):
        take_for_ever(inbox)
    assert back(inbox, channel, queues) == 2


def test_after_a_lost_connection_only_outcomes_are_sent_again_and_old_tags_mean_nothing(worker, channel, queues):
    inbox, batches = worker()
    work(inbox, batches[0])
    inbox._done.append((9, queues.candidates, b"moved"))
    inbox._channel.close()
    inbox._reconnect(BrokenError("the connection is lost"))
    assert [(tag, queue) for tag, queue, _ in inbox._done] == [(0, queues.outcomes)]
    assert list(inbox._taken) == [0]
    settle(inbox)
    assert inbox._acknowledged == 0
    assert waiting(channel, queues.outcomes) == 1


@pytest.fixture
def publisher(url, queues):
    made = RabbitmqPublisher(url, queues, REFERENCE)
    yield made
    made._channel.close()


def publish(publisher, *tasks):
    publisher.publish([pack(Batch(task, 1, [task]), REFERENCE, 10_000).messages[0] for task in tasks])


def receipts(publisher, count):
    assert publisher._channel.wait(lambda: len(publisher.receipts) >= count, SECONDS)
    return sorted(publisher.receipts)


def test_a_task_has_its_receipt_when_rabbitmq_has_confirmed_it(publisher):
    publisher.open()
    publish(publisher, 0, 1)
    assert publisher.receipts == []
    assert receipts(publisher, 2) == [LateReceipt(task, 1, Receipt.ACCEPTED, "") for task in (0, 1)]


def test_a_task_that_rabbitmq_refuses_is_refused(publisher, channel, queues):
    declare(channel, queues.tasks, **REFUSES)
    publisher._channel.confirm(publisher._on_confirmed)
    publish(publisher, 0, 1)
    first, second = receipts(publisher, 2)
    assert (first.receipt, second.receipt, second.reason) == (Receipt.ACCEPTED, Receipt.REFUSED, "RabbitMQ refused it")


def test_a_task_for_which_there_is_no_queue_is_refused(publisher, channel, queues):
    publisher.open()
    channel.call(channel.pika.queue_delete, queues.tasks)
    publish(publisher, 3)
    (receipt,) = receipts(publisher, 1)
    assert receipt == LateReceipt(3, 1, Receipt.REFUSED, "RabbitMQ returned it: it has no queue for it")
    declare(channel, queues.tasks)
    publish(publisher, 3)  # the same task again: nothing of it is remembered
    assert receipts(publisher, 2)[0].receipt is Receipt.ACCEPTED


def test_without_confirms_a_task_is_accepted_when_it_is_sent(url):
    queues = Queues(uuid4().hex[:12], Safety.DEFAULT)
    publisher = RabbitmqPublisher(url, queues, REFERENCE)
    publisher.open()
    publish(publisher, 5)
    assert publisher.receipts == [LateReceipt(5, 1, Receipt.ACCEPTED, "")]
    assert publisher.close()
