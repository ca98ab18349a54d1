"""One RabbitMQ that tests share: each has queues of its own, and removes them."""

from contextlib import suppress
from functools import partial
from uuid import uuid4

import pytest
from skips import need
from task_functions import FunctionWorkload

from brokers.rabbitmq.connection.client import connect
from brokers.rabbitmq.queues import Queues
from brokers.servers.private import private_server
from brokers.servers.registry import server_kind
from crossover.contract.errors import BrokenError
from crossover.contract.registry import parse
from crossover.contract.safety import Safety

REFERENCE = "task_functions:echo"


@pytest.fixture
def shared():
    """The URL of the server."""
    need(server_kind("rabbitmq").install_hint())
    return private_server("rabbitmq", Safety.DEFAULT).url


@pytest.fixture
def user(shared):
    """A channel of the user's."""
    channel = connect(shared, "test")
    yield channel
    channel.close()


@pytest.fixture
def names(shared):
    """Return the queues of a run at a level, of which none has been made yet."""
    made = []

    def queues(level="safe"):
        made.append(Queues(uuid4().hex[:12], Safety(level)))
        return made[-1]

    yield queues
    channel = connect(shared, "test")
    for queues in made:
        for name in queues.names:
            with suppress(BrokenError):
                channel.call(channel.pika.queue_delete, name)
    channel.close()


def close(inbox):
    """Close the last connection of a worker: it may have connected again."""
    inbox._channel.close()


@pytest.fixture
def carrier(shared):
    """Start transports of which no worker is a process, and open the side of a worker of each."""
    opened = []

    def start(level, options=""):
        address = shared.removeprefix("amqp://")
        transport = parse(f"rabbitmq://{address}?{options}").create(Safety(level))
        opened.append(transport.stop)
        transport.start(FunctionWorkload("echo", []), 0)
        inbox = transport.inbox(transport.at.url, transport.run, REFERENCE)
        inbox.open()
        opened.append(partial(close, inbox))
        return transport, inbox

    yield start
    for end in reversed(opened):
        end()
