"""What a run that was killed leaves in RabbitMQ, and what RabbitMQ removes of it by itself."""

from contextlib import closing

import pika
import pytest
from broker_leftovers import queues
from pika.exceptions import ChannelClosedByBroker
from skips import controllable, create
from task_functions import FunctionWorkload
from waiting import eventually

from brokers.celery.broker import celery_over
from brokers.celery.connection import CeleryConnection
from brokers.celery.settings import EXTERNAL, Names
from brokers.rabbitmq import queues as rabbitmq_queues
from crossover.contract.safety import Safety
from crossover.contract.tasks import Batch

NOT_AS_IT_IS = 406


@pytest.fixture
def server():
    return controllable("rabbitmq")


def declared(transport, declare):
    """Say whether what a transport has declared is like this."""
    with closing(pika.BlockingConnection(pika.URLParameters(transport.at.url))) as connection:
        try:
            declare(connection.channel())
        except ChannelClosedByBroker as closed:
            if closed.reply_code != NOT_AS_IT_IS:
                raise
            return False
    return True


@pytest.mark.long
@pytest.mark.parametrize("level", Safety)
def test_the_queues_of_a_run_expire(level):
    with create("celery+rabbitmq", level) as transport:
        transport.start(FunctionWorkload("echo", [0]), 1)
        transport.submit(Batch(0, 1, [0]))
        assert eventually(lambda: transport.collect(1, 1.0))
        tasks, results = transport.names.queues
        unused = {"x-expires": 600_000}
        quorum = {"x-queue-type": "quorum"} if level is Safety.SAFE else {}
        assert declared(transport, lambda it: it.queue_declare(tasks, durable=True, arguments={**unused, **quorum}))
        assert not declared(transport, lambda it: it.queue_declare(tasks, durable=True, arguments=quorum))
        durable = {"durable": True, "auto_delete": True}
        assert declared(transport, lambda it: it.queue_declare(results, arguments=unused, **durable))
        assert declared(transport, lambda it: it.exchange_declare(tasks, **durable))


def test_rabbitmq_removes_unused_tasks_queue_and_exchange(server, monkeypatch):
    monkeypatch.setattr(rabbitmq_queues, "UNUSED_FOR", 1_000)
    names = [Names("killed", level).tasks for level in Safety]
    for level, tasks in zip(Safety, names, strict=True):
        connection = CeleryConnection(celery_over("rabbitmq"), server.url, level, "killed")
        connection.app.amqp.queues[tasks](connection.kombu.default_channel).declare()
        assert exchange_is_there(server, tasks)
        connection.close()
    # a passive declaration counts as use: its exchange, which goes with it, is what can be watched
    assert eventually(lambda: not any(exchange_is_there(server, tasks) for tasks in names))
    assert not queues(server.url, names)


def exchange_is_there(server, name):
    with closing(pika.BlockingConnection(pika.URLParameters(server.url))) as connection:
        try:
            connection.channel().exchange_declare(name, passive=True)
        except ChannelClosedByBroker:
            return False
    return True


def test_what_belongs_to_workers_of_others_does_not_vanish():
    assert "task_queues" not in celery_over("rabbitmq").settings("amqp://127.0.0.1:1/%2F", Safety.DEFAULT, EXTERNAL)
