"""What is RabbitMQ's own: queues that others have made, its limit, and a server that does not take what it is given."""

import time
from contextlib import closing

import pika
import pytest
from broker_leftovers import left
from carrying import drive
from foreign_messages import slip_into_tasks
from pika.exceptions import ChannelClosedByBroker
from skips import controllable, create
from task_functions import FunctionWorkload, double, echo

from brokers import broker_transport
from brokers.messages import FORMAT, encode
from brokers.rabbitmq import publisher
from brokers.rabbitmq.connection.connection import error_text
from brokers.rabbitmq.dead_letters import dead_letter
from brokers.servers import leftovers
from crossover.analysis.verdict import verdict_of_history
from crossover.contract.errors import BrokenError
from crossover.execution.load.load import Load
from crossover.execution.measure import measure
from crossover.execution.supervision import End

TASKS = 400
LEVELS = ("fast", "default", "safe")


@pytest.fixture
def server():
    """Return a server of which this file may spoil the queues."""
    return controllable("rabbitmq")


@pytest.fixture
def channel(server):
    with closing(pika.BlockingConnection(pika.URLParameters(server.url))) as connection:
        yield connection.channel()


@pytest.fixture
def foreign_dead_letter_queue(channel):
    """Make the queue for what is refused, with other arguments than ours."""
    channel.queue_delete("crossover.refused")
    channel.queue_declare("crossover.refused", durable=True, arguments={"x-max-length": 1})
    yield
    channel.queue_delete("crossover.refused")


@pytest.fixture
def ours(server):
    """Return a transport through the server, as if another user had started it."""
    return lambda level: create(f"rabbitmq://{server.url.partition('://')[2]}", level)


@pytest.mark.usefixtures("foreign_dead_letter_queue")
@pytest.mark.parametrize("level", LEVELS)
def test_a_message_that_cannot_be_kept_aside_does_not_end_the_worker(ours, level):
    transport = ours(level)
    written = []

    def tick(settled):
        if settled and not written:
            slip_into_tasks(transport, encode((FORMAT, "os:system", 0, 1, ["true"])))
            written.append(True)

    history, _, ending, *_ = measure(transport, FunctionWorkload("nap", [0.005], echo), Load(TASKS, 1, 1, 32), tick)
    assert ending.end is End.FINISHED, ending
    delivery = verdict_of_history(history)
    assert (delivery.completed, delivery.unexpected) == (TASKS, 1)
    (reason,) = history.reasons
    assert reason.startswith("a message was refused: it requests 'os:system'; ")
    assert "; it could not be kept: RabbitMQ at " in reason
    assert "PRECONDITION_FAILED - inequivalent arg" in reason
    assert "@" not in reason  # no password


def test_a_message_is_kept_aside_with_the_reason(server, channel):
    assert not dead_letter(server.url, "test", "it is odd", "somewhere", b"odd")
    _, about, message = channel.basic_get("crossover.refused", auto_ack=True)
    assert (message, about.headers) == (b"odd", {"reason": "it is odd", "queue": "somewhere"})


def test_a_message_without_a_consumer_is_not_kept():
    assert "RabbitMQ at 127.0.0.1:9" in dead_letter("amqp://127.0.0.1:9/", "test", "it is odd", "somewhere", b"odd")


@pytest.fixture
def half_started(ours, channel, monkeypatch):
    """Start a run whose second queue somebody else has made."""
    monkeypatch.setattr(broker_transport, "new_run", lambda: "0123456789ab")
    channel.queue_declare("crossover.0123456789ab.outcomes", durable=False, auto_delete=False, exclusive=True)
    transport = ours("default")
    with pytest.raises(BrokenError, match="RESOURCE_LOCKED"):
        transport.start(FunctionWorkload("echo", [0]), 1)
    return transport


def noted(transport):
    return (leftovers._folder() / transport.run).exists()


def test_what_was_made_before_a_start_failed_is_removed(half_started, channel):
    channel.queue_declare("crossover.0123456789ab.tasks", passive=True)
    channel.queue_delete("crossover.0123456789ab.outcomes")
    half_started.stop()
    with pytest.raises(ChannelClosedByBroker, match="no queue 'crossover"):
        channel.queue_declare("crossover.0123456789ab.tasks", passive=True)
    assert not noted(half_started)


def test_what_cannot_be_removed_after_a_start_has_failed_is_remembered(half_started, channel):
    half_started.stop()  # the other queue cannot be deleted either
    assert noted(half_started)
    channel.queue_delete("crossover.0123456789ab.outcomes")
    leftovers.unregister(half_started.run)


@pytest.mark.parametrize("word", ["", "configured "])
def test_a_message_over_the_limit_is_named_with_the_limit(word):
    answer = f"PRECONDITION_FAILED - message size 16777221 is larger than {word}max size 16777216"
    error = ChannelClosedByBroker(406, answer)
    assert error_text(error) == "a message of 16,777,221 bytes is over its limit (max_message_size) of 16,777,216"


def test_a_server_that_confirms_nothing_breaks_the_run(ours, monkeypatch):
    monkeypatch.setattr(publisher, "ANSWER_WITHIN", 0.3)
    monkeypatch.setattr(publisher, "MOST_UNCONFIRMED", 10)
    with ours("safe") as transport:
        transport.start(FunctionWorkload("nap", [0.0]), 1)
        publishing = transport._publisher
        publishing.publish([(0, 1, b"")] * 20)
        publishing.wait_for_room()  # there soon is
        assert len(publishing._channel.unconfirmed) < 10
        publishing._channel.unconfirmed |= dict.fromkeys(range(1_000, 1_010), (0, 1))  # these never are
        began = time.monotonic()
        with pytest.raises(BrokenError, match="nothing was taken or confirmed within"):
            publishing.wait_for_room()
        assert time.monotonic() - began < 2
    assert not left(transport)


@pytest.mark.parametrize("level", LEVELS)
def test_values_that_fit_one_by_one_come_back_from_a_batch_that_does_not(ours, monkeypatch, level):
    # the workers are forked
    monkeypatch.setattr("brokers.rabbitmq.connection.client.LARGEST_MESSAGE", {3: 1_000, 4: 1_000})
    history = drive(ours(level), FunctionWorkload("double", [bytes(200)], double), Load(TASKS, 2, 4, 32))
    delivery = verdict_of_history(history)
    assert (delivery.completed, delivery.failed, delivery.duplicated) == (TASKS, 0, 0), history.reasons
